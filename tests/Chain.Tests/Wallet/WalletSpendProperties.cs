using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Random orders beside random reservations: what is built keeps every promise, what is refused changes nothing.</summary>
public sealed class WalletSpendProperties
{
    private const int Seeds = 20;
    private const int Orders = 15;
    private static readonly Payer Stranger = new(31);

    [Fact]
    public async Task A_payment_spends_no_coin_of_others_loses_nothing_makes_no_dust_and_pays_its_rate_within_its_cap()
    {
        var (built, refused) = (0, 0);
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            using var root = SecretKey.From(Hashes.Sha256(BitConverter.GetBytes(seed + 900)));
            using var keys = new CoordinatorKeys(root);
            var model = new ChainModel(ChainWorld.Start);
            var reservations = new MemoryCoinReservations();
            var wallet = new CoordinatorWallet(keys, Network.Regtest, new ModelChain(model), reservations, new WalletOptions { StopGap = 30 });
            var random = new SplitMix64(seed);
            var coins = Fund(model, wallet, random);
            for (var number = 0; number < Orders; number++)
            {
                var order = Order(random, wallet, $"order {number}");
                var before = await reservations.ListAsync(default);
                var answer = await wallet.PrepareAsync(order, default);
                if (answer.TryGet(out var payment))
                {
                    built++;
                    Check(order, payment, coins, [.. before.Select(held => held.Coin.OutPoint)], $"seed {seed}, order {number}");
                    await (random.Below(2) == 0 ? reservations.ReleaseAsync(order.Owner, default) : Task.CompletedTask);
                }
                else
                {
                    refused++;
                    Assert.True(before.SequenceEqual(await reservations.ListAsync(default)), $"seed {seed}, order {number}: {answer.Describe()}, and coins are reserved");
                }
            }
        }

        Assert.True(built > Seeds && refused > Seeds, $"{built} built, {refused} refused");
    }

    private static Dictionary<OutPoint, TxOut> Fund(ChainModel model, CoordinatorWallet wallet, SplitMix64 random)
    {
        var coins = new Dictionary<OutPoint, TxOut>();
        for (var index = 0u; index < 5 + (uint)random.Below(20); index++)
        {
            var script = wallet.AddressAt(new Derivation(Keychain.External, index)).ScriptPubKey;
            var paid = model.Faucet(script, Satoshis.Of(330 + random.Below(random.Below(3) == 0 ? 1_000 : 80_000)));
            var output = paid.Outputs.Index().First(candidate => candidate.Item.ScriptPubKey.Equals(script));
            coins.Add(paid.OutPoint((uint)output.Index), output.Item);
        }

        model.Mine(6, TimeSpan.FromMinutes(10));
        return coins;
    }

    private static SpendOrder Order(SplitMix64 random, CoordinatorWallet wallet, string owner)
    {
        var drains = random.Below(5) == 0;
        return new SpendOrder
        {
            Owner = owner,
            Outputs = drains ? [] : [.. Enumerable.Range(0, 1 + (int)random.Below(2)).Select(_ => Stranger.Own(300 + random.Below(60_000)))],
            DrainTo = drains ? Stranger.Script : null,
            FeeRate = FeeRate.FromSatPerKwu(250 + random.Below(6_000)),
            LeastConfirmations = (int)random.Below(7),
            LeastChange = Satoshis.Of(!drains && random.Below(4) == 0 ? 1_000 + random.Below(5_000) : 0),
            MostFee = random.Below(3) == 0 ? Satoshis.Of(100 + random.Below(3_000)) : null,
            OnlyFrom = random.Below(6) == 0 ? wallet.AddressAt(new Derivation(Keychain.External, (uint)random.Below(30))).ScriptPubKey : null,
        };
    }

    private static void Check(SpendOrder order, PreparedPayment payment, Dictionary<OutPoint, TxOut> coins, HashSet<OutPoint> reserved, string where)
    {
        var spent = payment.Unsigned.Inputs.Select(input => input.PreviousOutput).ToList();
        Assert.True(spent.All(coins.ContainsKey) && spent.Distinct().Count() == spent.Count, $"{where}: inputs that there are not");
        Assert.True(!spent.Exists(reserved.Contains), $"{where}: a reserved coin is spent");
        Assert.True(
            spent.Sum(coin => coins[coin].Value.Value) == payment.Unsigned.OutputValue.Value + payment.Fee.Value, $"{where}: satoshis are lost");
        Assert.True(payment.Unsigned.Outputs.All(output => output.Value.Value >= 330), $"{where}: dust");
        Assert.True(order.Outputs.SequenceEqual(payment.Unsigned.Outputs.Take(order.Outputs.Count)), $"{where}: other outputs");
        Assert.True(order.OnlyFrom is null || spent.TrueForAll(coin => coins[coin].ScriptPubKey.Equals(order.OnlyFrom)), $"{where}: another address pays");
        Assert.True(order.LeastChange.Value == 0 || payment.Unsigned.Outputs[^1].Value >= order.LeastChange, $"{where}: too little change");
        var signed = new Transaction(2, payment.Unsigned.Inputs.Select(input => new TxIn(input.PreviousOutput, Script.Empty, input.Sequence, [new byte[64]])), payment.Unsigned.Outputs, 0);
        var least = order.FeeRate.FeeCeiling(signed.Weight).Value;
        var mostGivenAway = order.FeeRate.FeeCeiling(Weight.Of(172 + 230)).Value + 332;
        Assert.True(payment.Fee.Value >= least && payment.Fee.Value <= least + mostGivenAway, $"{where}: a fee of {payment.Fee} where {least} are due");
        Assert.True(order.MostFee is not { } most || payment.Fee <= most, $"{where}: a fee of {payment.Fee} above {order.MostFee}");
    }
}
