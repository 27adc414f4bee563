using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Random lives of a wallet, without a wire: nothing is lost, nothing is spent twice, whatever the answers.</summary>
public sealed class WalletProperties
{
    private const int Seeds = 8;
    private const int Steps = 14;
    private static readonly Payer Stranger = new(31);

    [Fact]
    public async Task Every_satoshi_is_in_the_wallet_sent_or_paid_to_miners()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            await PlayAsync(seed);
        }
    }

    private static async Task PlayAsync(ulong seed)
    {
        var random = new SplitMix64(seed);
        var model = new ChainModel(ChainWorld.Start);
        var chain = new ModelChain(model);
        using var root = SecretKey.From(Hashes.Sha256(BitConverter.GetBytes(seed)));
        using var keys = new CoordinatorKeys(root);
        var reservations = new MemoryCoinReservations();
        var wallet = new CoordinatorWallet(keys, Network.Regtest, chain, reservations, new WalletOptions { StopGap = 10 });
        var (funded, sent, fees) = (0L, 0L, 0L);
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Below(4))
            {
                case 0:
                    var amount = 20_000 + random.Below(80_000);
                    var address = ChainWorld.Known(await wallet.NextAddressAsync(default));
                    model.Faucet(address.ScriptPubKey, Satoshis.Of(amount));
                    funded += amount;
                    break;
                case 1:
                    model.Mine();
                    break;
                default:
                    chain.LostAnswers = random.Below(3) == 0 ? 1 : 0;
                    var pay = 1_000 + random.Below(30_000);
                    var order = new SpendOrder
                    {
                        Owner = $"step {step}", Outputs = [Stranger.Own(pay)], FeeRate = FeeRate.FromSatPerKwu(250 + random.Below(2_000)),
                        LeastConfirmations = (int)random.Below(2),
                    };
                    if ((await wallet.SendAsync(order, default)).TryGet(out var payment))
                    {
                        Assert.True(payment.Broadcast is BroadcastAnswer.Accepted or BroadcastAnswer.Unclear, $"seed {seed}, step {step}: {payment.Broadcast.Describe()}");
                        chain.LostAnswers = 0;
                        Assert.True((await chain.BroadcastAsync(payment.Transaction, default)).IsOut, $"seed {seed}, step {step}");
                        (sent, fees) = (sent + pay, fees + payment.Fee.Value);
                    }

                    break;
            }
        }

        model.Mine();
        var view = ChainWorld.Known(await wallet.ScanAsync(default));
        Assert.True(view.Balance.Confirmed.Value == funded - sent - fees, $"seed {seed}: {view.Balance} after {funded} - {sent} - {fees}");
        var spent = view.Outputs.Where(output => output.IsSpent).Select(output => output.OutPoint).ToHashSet();
        var reserved = (await reservations.ListAsync(default)).Select(item => item.Coin.OutPoint).ToHashSet();
        Assert.True(spent.SetEquals(reserved), $"seed {seed}: spent coins and reserved coins differ");
    }
}
