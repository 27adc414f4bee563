using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Derivations against answers computed by an independent program, and secrets at rest.</summary>
public sealed class CoordinatorKeysTests : IDisposable
{
    private readonly SecretKey _root = SecretKey.From(Hex.Decode("fd0cf5a9cf8f6c91ce7a5e1882dded87b5dac5d506cbbacebf318f30627f3e8c"));
    private readonly CoordinatorKeys _keys;

    public CoordinatorKeysTests() => _keys = new CoordinatorKeys(_root);

    public void Dispose()
    {
        _keys.Dispose();
        _root.Dispose();
    }

    [Theory]
    [InlineData(Keychain.External, 0, "bcrt1pyx65xpjnzc62ay6swkzs8p9wm5rexmrdspsdmstfns38629pg28qpj6k8r")]
    [InlineData(Keychain.External, 1, "bcrt1plntllanhauw0quqjcum8nya0ghwulqh63zlmfa4k9fcdd0c6attsztgnmm")]
    [InlineData(Keychain.External, 19, "bcrt1pfnfcd5kkkh3xskgp8guheekvsztg9egj4ckrxj8vucdjdyv3ftmqadgs93")]
    [InlineData(Keychain.Internal, 0, "bcrt1ptf8cys6a279xutl5t2d4vk97pzy7rpk90dz4232er02jpdevdg4sv3ea9l")]
    [InlineData(Keychain.Internal, 1, "bcrt1p2290d0qq09krx023gj55v8pxhlxdyfpglmvlq0ljrll2nz2dq3cqfwn8xs")]
    [InlineData(Keychain.Internal, 19, "bcrt1prgp5gzqx0vymgrs3eqv8ftteqfqgl6fh4drw3dyhnhq89knufpdsy6graj")]
    public void Derives_the_addresses_of_both_descriptors(Keychain keychain, uint index, string address)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        var nowhere = new EsploraChain(http, ChainWorld.Quick with { Address = new Uri("http://127.0.0.1:1") }, TimeProvider.System);
        var wallet = new CoordinatorWallet(_keys, Network.Regtest, nowhere, new MemoryCoinReservations(), new WalletOptions());
        Assert.Equal(address, wallet.AddressAt(new Derivation(keychain, index)).ToString());
    }

    [Fact]
    public void Derives_every_other_key_on_a_hardened_path_of_its_own()
    {
        using var market = _keys.MarketMaker(Guid.Parse("0198c0de-7000-7abc-8def-0123456789ab"));
        using var other = _keys.MarketMaker(Guid.Parse("0198c0de-7000-7abc-8def-0123456789ac"));
        Assert.Equal("3caa39c4df77c2fcd6e81a1f77cd24c66fd62c227ba675e53a28f40705d20d8b", _keys.Nostr.XOnly.ToHex());
        Assert.Equal("9b367cdbd885a9397e65d118702b2e90beb1f5fa8fc905de51d51c0a12167970", _keys.Keymeld.XOnly.ToHex());
        Assert.Equal("f512990eb84c960694ab54a7addd032636a5a5601669b0aa50545c119391db44", market.XOnly.ToHex());
        Assert.NotEqual(market.XOnly, other.XOnly);
    }

    [Fact]
    public void Opens_what_it_sealed_for_the_same_purpose_only()
    {
        var secret = Encoding.ASCII.GetBytes("a preimage of thirty-two bytes..");
        var box = _keys.Seal(secret, "ticket-preimage/1");
        Assert.Equal(secret.Length + 29, box.Length);
        Assert.NotEqual(box, _keys.Seal(secret, "ticket-preimage/1"));
        Assert.Equal(secret, _keys.Open(box, "ticket-preimage/1"));
        Assert.Null(_keys.Open(box, "ticket-preimage/2"));
        using var otherRoot = SecretKey.Generate();
        using var others = new CoordinatorKeys(otherRoot);
        Assert.Null(others.Open(box, "ticket-preimage/1"));
    }

    [Fact]
    public void Opens_nothing_that_was_changed_or_cut()
    {
        var box = _keys.Seal("secret"u8, "p");
        for (var i = 0; i < box.Length; i++)
        {
            var changed = box.ToArray();
            changed[i] ^= 1;
            Assert.Null(_keys.Open(changed, "p"));
            Assert.Null(_keys.Open(box.AsSpan(0, i), "p"));
        }
    }

    [Fact]
    public void Opens_what_an_earlier_start_sealed()
    {
        var box = _keys.Seal("secret"u8, "p");
        using var again = new CoordinatorKeys(_root);
        Assert.Equal("secret"u8.ToArray(), again.Open(box, "p"));
    }
}
