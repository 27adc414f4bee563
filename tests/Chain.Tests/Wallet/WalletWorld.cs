using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>A wallet on a simulated chain.</summary>
internal sealed class WalletWorld : IAsyncDisposable
{
    private readonly CoordinatorKeys _keys;

    private WalletWorld(ChainWorld chain)
    {
        Chain = chain;
        using var root = SecretKey.From(Hex.Decode("fd0cf5a9cf8f6c91ce7a5e1882dded87b5dac5d506cbbacebf318f30627f3e8c"));
        _keys = new CoordinatorKeys(root);
        Wallet = new CoordinatorWallet(_keys, Network.Regtest, chain.Chain, Reservations, new WalletOptions());
    }

    public static FeeRate Rate { get; } = FeeRate.FromSatPerVbyte(2);

    public ChainWorld Chain { get; }

    public MemoryCoinReservations Reservations { get; } = new();

    public CoordinatorWallet Wallet { get; }

    public static async Task<WalletWorld> StartAsync() => new(await ChainWorld.StartAsync());

    public static T Done<T>(WalletAnswer<T> answer)
    {
        Assert.True(answer.TryGet(out var value), answer.Describe());
        return value!;
    }

    /// <summary>Pays the wallet, one output for each amount, and buries it.</summary>
    public void Fund(int confirmations, params IEnumerable<long> amounts)
    {
        var index = 0u;
        foreach (var amount in amounts)
        {
            Chain.Model.Faucet(Wallet.AddressAt(new Derivation(Keychain.External, index++)).ScriptPubKey, Satoshis.Of(amount));
        }

        Chain.Model.Mine(confirmations, TimeSpan.FromMinutes(10));
    }

    public async Task<Transaction> SignAsync(string owner, PreparedPayment payment)
        => Done(await Wallet.FinalizeAsync(owner, Wallet.ToPsbt(payment), default));

    public SpendOrder Order(string owner, long amount) => new() { Owner = owner, Outputs = [Chain.Payer.Own(amount)], FeeRate = Rate };

    /// <summary>An order for a child on the anchor of a parent that pays little; the wallet has these coins, or one of 30,000.</summary>
    public ChildOrder Anchor(long satPerVbyte, params IReadOnlyList<long> coins)
    {
        Fund(6, coins.Count == 0 ? [30_000] : coins);
        var parent = Chain.Payer.Spend(Chain.Coin(), 0, [Chain.Payer.Own(100_000 - 240 - 200), new TxOut(Satoshis.Of(240), Script.PayToAnchor)]);
        return new ChildOrder
        {
            Owner = "bump/1",
            Parent = parent,
            ParentFee = Satoshis.Of(200),
            Output = 1,
            FeeRate = FeeRate.FromSatPerVbyte(satPerVbyte),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await Chain.DisposeAsync();
    }
}
