using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>The wallet on a real node: the node's own descriptors find the same addresses and coins, and what the wallet signs is taken.</summary>
public sealed class WalletNodeTests(BitcoindFixture fixture) : IClassFixture<BitcoindFixture>, IDisposable
{
    private static int _names;
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-node-wallet-").FullName;
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(item => item.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_node_derives_the_same_addresses_from_the_descriptors()
    {
        var (wallet, root) = Open(NewKeyFile());
        foreach (var keychain in new[] { Keychain.External, Keychain.Internal })
        {
            var derived = await fixture.Node.CallAsync("deriveaddresses", $"""["{await DescriptorAsync(root, keychain)}", [0, 49]]""");
            Assert.Equal(
                Enumerable.Range(0, 50).Select(index => wallet.AddressAt(new Derivation(keychain, (uint)index)).ToString()),
                derived.EnumerateArray().Select(address => address.GetString()));
        }
    }

    [Fact]
    public async Task The_wallet_tells_the_node_of_many_scripts_at_once()
    {
        var (wallet, root) = Open(NewKeyFile());
        await wallet.ScanAsync(default);
        var listed = await fixture.Node.CallAsync("listdescriptors", "[]", $"wallet-{_names}");
        var watched = listed.GetProperty("descriptors").EnumerateArray().ToList();
        Assert.Equal(2 * 44, watched.Count);
        var external = await fixture.Node.CallAsync("deriveaddresses", $"""["{await DescriptorAsync(root, Keychain.External)}", [0, 43]]""");
        var scripts = external.EnumerateArray().Select(address => $"raw({Address.Parse(address.GetString()!, Network.Regtest).ScriptPubKey.ToHex()})").ToHashSet();
        Assert.Equal(44, watched.Count(entry => scripts.Contains(entry.GetProperty("desc").GetString()!.Split('#')[0])));
    }

    [Fact]
    public async Task A_wallet_restored_from_the_key_file_alone_has_the_same_addresses_coins_and_balances()
    {
        var file = NewKeyFile();
        var (wallet, root) = Open(file);
        await LiveAsync(wallet);

        var (restored, _) = Open(file);
        var (before, after) = (await SettledAsync(wallet), await SettledAsync(restored));
        Assert.Equal(before.Outputs, after.Outputs);
        Assert.Equal((before.NextExternal, before.NextInternal, before.Balance), (after.NextExternal, after.NextInternal, after.Balance));
        Assert.Equal(ChainWorld.Known(await wallet.NextAddressAsync(default)), ChainWorld.Known(await restored.NextAddressAsync(default)));
        Assert.True(after.Balance is { Immature.Value: > 0, TrustedPending.Value: > 0, UntrustedPending.Value: 33_000, Confirmed.Value: > 0 }, $"{after.Balance}");

        var watch = await WatchAsync(root);
        await fixture.Node.CallAsync("syncwithvalidationinterfacequeue");
        var unspent = await fixture.Node.CallAsync("listunspent", "[0]", watch);
        var theirs = unspent.EnumerateArray().Select(coin => ($"{coin.GetProperty("txid").GetString()}:{coin.GetProperty("vout")}", Sats(coin.GetProperty("amount"))));
        var ours = after.Spendable(0).Select(coin => (coin.OutPoint.ToString(), coin.Output.Value.Value));
        Assert.Equal(theirs.Order(), ours.Order());
        var balances = (await fixture.Node.CallAsync("getbalances", "[]", watch)).GetProperty("mine");
        Assert.Equal(Sats(balances.GetProperty("immature")), after.Balance.Immature.Value);
        Assert.Equal(
            Sats(balances.GetProperty("trusted")) + Sats(balances.GetProperty("untrusted_pending")),
            after.Balance.Confirmed.Value + after.Balance.TrustedPending.Value + after.Balance.UntrustedPending.Value);
    }

    [Fact]
    public async Task The_node_takes_sends_children_and_sweeps()
    {
        var (wallet, _) = Open(NewKeyFile());
        await PayAsync(wallet, 60_000, 80_000, 90_000, 20_000);
        await fixture.Node.MineAsync();
        var stranger = fixture.NextPayer();
        var sent = WalletWorld.Done(await wallet.SendAsync(new SpendOrder { Owner = "send/1", Outputs = [stranger.Own(70_000)], FeeRate = FeeRate.FromSatPerVbyte(2) }, default));
        Assert.Equal("accepted", sent.Broadcast.Describe());
        var entry = await fixture.Node.CallAsync("getmempoolentry", $"""["{sent.Transaction.Txid}"]""");
        Assert.Equal(sent.Fee.Value, Sats(entry.GetProperty("fees").GetProperty("base")));
        Assert.Equal(sent.Transaction.Weight.Units, entry.GetProperty("weight").GetInt64());
        Assert.True(sent.Fee.Value >= 2 * entry.GetProperty("vsize").GetInt64());

        var child = WalletWorld.Done(await wallet.PrepareChildAsync(
            new ChildOrder { Owner = "send-bump/1", Parent = sent.Transaction, ParentFee = sent.Fee, Output = 1, FeeRate = FeeRate.FromSatPerVbyte(25) }, default));
        var signed = WalletWorld.Done(await wallet.FinalizeAsync("send-bump/1", wallet.ToPsbt(child), default));
        Assert.Equal("accepted", (await Chain().BroadcastAsync(signed, default)).Describe());

        var sweep = WalletWorld.Done(await wallet.SendAsync(new SpendOrder { Owner = "send/2", DrainTo = stranger.Script, FeeRate = FeeRate.FromSatPerVbyte(3) }, default));
        Assert.Equal("accepted", sweep.Broadcast.Describe());
        Assert.Empty(sweep.Transaction.Inputs.Select(input => input.PreviousOutput).Intersect(sent.Transaction.Inputs.Select(input => input.PreviousOutput)));
        await fixture.Node.MineAsync();
        var view = ChainWorld.Known(await wallet.ScanAsync(default));
        Assert.Equal(child.Unsigned.OutPoint(0), Assert.Single(view.Outputs, output => !output.IsSpent).OutPoint);
    }

    [Fact]
    public async Task A_coin_that_was_changed_before_signing_is_refused_by_wallet_and_node()
    {
        var (wallet, _) = Open(NewKeyFile());
        await PayAsync(wallet, 60_000);
        await fixture.Node.MineAsync();
        var order = new SpendOrder { Owner = "send/1", Outputs = [fixture.NextPayer().Own(20_000)], FeeRate = FeeRate.FromSatPerVbyte(2) };
        var prepared = WalletWorld.Done(await wallet.PrepareAsync(order, default));
        var lying = wallet.ToPsbt(prepared);
        lying.Inputs[0].WitnessUtxo = new TxOut(Satoshis.Of(61_000), prepared.Inputs[0].Output.ScriptPubKey);
        var signed = WalletWorld.Done(await wallet.FinalizeAsync("send/1", lying, default));
        Assert.Equal(BroadcastRefusal.InvalidScript, (await Chain().BroadcastAsync(signed, default)).Refusal);
    }

    /// <summary>A look that sees both payments that wait: the node tells its wallets of them a moment after it took them.</summary>
    private static async Task<WalletView> SettledAsync(CoordinatorWallet wallet)
    {
        for (var tries = 0; ; tries++)
        {
            var view = ChainWorld.Known(await wallet.ScanAsync(default));
            if (view.Balance is { UntrustedPending.Value: > 0, TrustedPending.Value: > 0 } || tries == 100)
            {
                return view;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Old and new coins, spent ones, change, a reward, and a payment that waits; addresses up to the gap.</summary>
    private async Task LiveAsync(CoordinatorWallet wallet)
    {
        var reward = wallet.AddressAt(new Derivation(Keychain.External, 2));
        await fixture.Node.CallAsync("generatetoaddress", $"""[1, "{reward}"]""");
        await PayAsync(wallet, 60_000, 70_000);
        await fixture.Node.PayAsync(wallet.AddressAt(new Derivation(Keychain.External, 19)).ToString(), 80_000);
        await fixture.Node.MineAsync();
        foreach (var (i, amount) in new[] { 10_000L, 65_000 }.Index())
        {
            var order = new SpendOrder { Owner = $"send/{i}", Outputs = [fixture.NextPayer().Own(amount)], FeeRate = FeeRate.FromSatPerVbyte(3) };
            Assert.True(WalletWorld.Done(await wallet.SendAsync(order, default)).Broadcast.IsOut);
            await fixture.Node.MineAsync();
        }

        var last = new SpendOrder { Owner = "send/last", Outputs = [fixture.NextPayer().Own(20_000)], FeeRate = FeeRate.FromSatPerVbyte(3) };
        Assert.True(WalletWorld.Done(await wallet.SendAsync(last, default)).Broadcast.IsOut);
        await fixture.Node.PayAsync(wallet.AddressAt(new Derivation(Keychain.External, 38)).ToString(), 33_000);
    }

    private async Task PayAsync(CoordinatorWallet wallet, params long[] amounts)
    {
        foreach (var (i, amount) in amounts.Index())
        {
            await fixture.Node.PayAsync(wallet.AddressAt(new Derivation(Keychain.External, (uint)i)).ToString(), amount);
        }
    }

    private string NewKeyFile()
    {
        using var key = SecretKey.Generate();
        var path = Path.Combine(_folder, "key.pem");
        KeyFile.Create(path, key);
        return path;
    }

    /// <summary>A wallet as another machine opens it, knowing nothing but the file; with the root's public half, which only a test may see.</summary>
    private (CoordinatorWallet Wallet, string Root) Open(string keyFile)
    {
        using var key = KeyFile.Load(keyFile);
        using var root = ExtendedPrivateKey.FromRaw(SecretKey.From(key.ToBytes()), key.ToBytes());
        var keys = new CoordinatorKeys(key);
        _opened.Add(keys);
        return (new CoordinatorWallet(keys, Network.Regtest, Chain(), new MemoryCoinReservations(), new WalletOptions { WatchAhead = 40 }), root.PublicKey.ToBase58(Network.Regtest));
    }

    private BitcoindChain Chain()
    {
        var chain = new BitcoindChain(fixture.Http, fixture.Options($"wallet-{Interlocked.Increment(ref _names)}"), TimeProvider.System);
        _opened.Add(chain);
        return chain;
    }

    private async Task<string> DescriptorAsync(string root, Keychain keychain)
        => (await fixture.Node.CallAsync("getdescriptorinfo", $"""["tr({root}/{(int)keychain}/*)"]""")).GetProperty("descriptor").GetString()!;

    /// <summary>A watch-only wallet of the node with both descriptors.</summary>
    private async Task<string> WatchAsync(string root)
    {
        var name = $"descriptors-{Interlocked.Increment(ref _names)}";
        await fixture.Node.CallAsync("createwallet", $$"""{"wallet_name":"{{name}}","disable_private_keys":true,"blank":true,"descriptors":true}""");
        foreach (var keychain in new[] { Keychain.External, Keychain.Internal })
        {
            var order = $$"""[[{"desc":"{{await DescriptorAsync(root, keychain)}}","timestamp":0,"range":[0,60],"internal":{{(keychain == Keychain.Internal ? "true" : "false")}},"active":true}]]""";
            var answer = await fixture.Node.CallAsync("importdescriptors", order, name);
            Assert.True(answer[0].GetProperty("success").GetBoolean(), answer.GetRawText());
        }

        return name;
    }

    private static long Sats(JsonElement bitcoin) => (long)(bitcoin.GetDecimal() * 100_000_000m);
}
