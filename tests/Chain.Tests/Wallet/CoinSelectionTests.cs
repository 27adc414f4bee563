using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Properties of the choice of coins over seeded cases.</summary>
public sealed class CoinSelectionTests
{
    private static readonly Script Own = new Payer(11).Script;

    [Fact]
    public void Every_choice_pays_its_outputs_its_rate_and_nothing_is_lost()
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var random = new SplitMix64(seed);
            var (coins, request) = Case(random);
            if (CoinSelection.Choose(coins, request) is not { } selection)
            {
                AssertTooPoor(coins, request, seed);
                continue;
            }

            var inputs = selection.Coins.Sum(coin => coin.Output.Value.Value);
            var outputs = request.Outputs.Sum(output => output.Value.Value);
            Assert.True(inputs == outputs + selection.Fee.Value + (selection.Change?.Value ?? 0), $"seed {seed}: satoshis are lost");
            var least = request.FeeRate.FeeCeiling(SignedWeight(selection, request));
            Assert.True(selection.Fee >= least, $"seed {seed}: fee {selection.Fee} below {least}");
            var mostOver = 330 + request.FeeRate.FeeCeiling(Weight.Of(500)).Value;
            Assert.True(selection.Fee.Value <= least.Value + mostOver, $"seed {seed}: fee {selection.Fee} far above {least}");
            Assert.True(selection.Change is null || selection.Change.Value.Value >= 330, $"seed {seed}: dust change");
            Assert.True(request.LeastChange.Value == 0 || selection.Change >= request.LeastChange, $"seed {seed}: too little change");
            Assert.True(selection.Coins.Select(coin => coin.OutPoint).Distinct().Count() == selection.Coins.Count, $"seed {seed}: a coin twice");
        }
    }

    [Fact]
    public void The_order_of_the_candidates_does_not_matter()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var random = new SplitMix64(seed);
            var (coins, request) = Case(random);
            var shuffled = coins.OrderBy(_ => random.Next()).ToList();
            var one = CoinSelection.Choose(coins, request);
            var two = CoinSelection.Choose(shuffled, request);
            Assert.True(
                (one?.Coins ?? []).Select(coin => coin.OutPoint).SequenceEqual((two?.Coins ?? []).Select(coin => coin.OutPoint)),
                $"seed {seed}: order matters");
        }
    }

    [Fact]
    public void Takes_the_smallest_coin_that_is_enough_alone()
    {
        var coins = new[] { 5_000L, 40_000, 20_000, 90_000 }.Select(value => Coin(value)).ToList();
        var selection = CoinSelection.Choose(coins, Request(15_000, 250, 0))!;
        Assert.Equal(20_000, Assert.Single(selection.Coins).Output.Value.Value);
    }

    [Fact]
    public void Takes_the_largest_coins_where_none_is_enough_alone()
    {
        var coins = new[] { 5_000L, 40_000, 20_000, 90_000 }.Select(value => Coin(value)).ToList();
        var selection = CoinSelection.Choose(coins, Request(100_000, 250, 0))!;
        Assert.Equal([40_000, 90_000], selection.Coins.Select(coin => coin.Output.Value.Value).Order());
    }

    [Fact]
    public void Never_uses_a_coin_that_costs_more_than_it_is_worth()
    {
        var coins = Enumerable.Repeat(230L * 4, 100).Select((value, i) => Coin(value, i)).ToList();
        Assert.Null(CoinSelection.Choose(coins, Request(500, 4_000, 0)));
    }

    [Fact]
    public void Takes_the_coins_that_need_no_change_where_there_are_such()
    {
        // 45,000 and 20,000 pay 64,700 and the 169 virtual bytes of two inputs and one output, and leave nothing.
        var coins = new[] { 45_000L, 90_000, 20_000, 70_000, 64_900 }.Select(value => Coin(value)).ToList();
        var selection = CoinSelection.Choose(coins, Request(64_831, 250, 0))!;
        Assert.Equal([20_000, 45_000], selection.Coins.Select(coin => coin.Output.Value.Value).Order());
        Assert.Equal((169, null), (selection.Fee.Value, selection.Change));
        Assert.NotNull(CoinSelection.Choose(coins, Request(64_831, 250, 330))!.Change);
    }

    [Fact]
    public void Pays_many_small_coins_where_fees_are_low_and_one_where_they_are_high()
    {
        // At 1 sat/vB four coins of 10,000 and at 40 sat/vB one coin pay without change: which of them is less waste depends on the rate.
        var low = new[] { 10_058L, 10_058, 10_058, 10_058, 39_900 }.Select((value, i) => Coin(value, i)).ToList();
        Assert.Equal(4, CoinSelection.Choose(low, Request(39_700, 250, 0))!.Coins.Count);
        var high = new[] { 12_300L, 12_300, 12_300, 12_300, 44_500 }.Select((value, i) => Coin(value, i)).ToList();
        Assert.Equal(44_500, Assert.Single(CoinSelection.Choose(high, Request(40_000, 10_000, 0))!.Coins).Output.Value.Value);
    }

    [Fact]
    public void The_search_for_exact_coins_finds_one_whenever_there_is_one()
    {
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new SplitMix64(seed);
            var coins = Enumerable.Range(0, 4 + (int)random.Below(6)).Select(i => Coin(5_000 + random.Below(50_000), i)).ToList();
            var rate = 250 + random.Below(3_000);
            var chosen = coins.Where(_ => random.Below(2) == 0).DefaultIfEmpty(coins[0]).ToList();
            var fee = FeeRate.FromSatPerKwu(rate).FeeCeiling(Weight.Of(42 + 172 + (230 * chosen.Count)));
            var pay = chosen.Sum(coin => coin.Output.Value.Value) - fee.Value - random.Below(100);
            if (pay < 330)
            {
                continue;
            }

            var selection = CoinSelection.Choose(coins, Request(pay, rate, 0));
            Assert.True(selection is { Change: null }, $"seed {seed}: {selection}");
        }
    }

    [Fact]
    public void The_search_ends_where_coins_are_many()
    {
        var random = new SplitMix64(5);
        var coins = Enumerable.Range(0, 2_000).Select(i => Coin(10_000 + (2 * random.Below(1_000_000)), i)).ToList();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.NotNull(CoinSelection.Choose(coins, Request(77_777_777, 250, 0)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    [Fact]
    public void Prefers_a_way_within_the_fee_limit()
    {
        var coins = new[] { 10_058L, 10_058, 10_058, 10_058, 60_000 }.Select((value, i) => Coin(value, i)).ToList();
        var request = Request(39_700, 250, 0);
        Assert.Equal(4, CoinSelection.Choose(coins, request)!.Coins.Count);
        Assert.Equal(60_000, Assert.Single(CoinSelection.Choose(coins, request with { MostFee = Satoshis.Of(200) })!.Coins).Output.Value.Value);
        Assert.Equal(154, CoinSelection.Choose(coins, request with { MostFee = Satoshis.Of(10) })!.Fee.Value);
    }

    [Theory]
    [InlineData(18_000L, new[] { 20_000L })]
    [InlineData(95_000L, new[] { 90_000L, 40_000L })]
    [InlineData(0L, new long[0])]
    [InlineData(1_000_000L, new[] { 90_000L, 40_000L, 20_000L, 5_000L })]
    public void Keeps_back_as_few_coins_as_possible_and_small_ones_first(long worth, long[] values)
    {
        var coins = new[] { 5_000L, 40_000, 20_000, 90_000 }.Select(value => Coin(value)).ToList();
        var kept = CoinSelection.ToHold(coins, _ => false, Satoshis.Of(worth));
        Assert.Equal(values, kept.Select(coin => coin.Output.Value.Value));
    }

    [Fact]
    public void Keeps_what_is_held_already()
    {
        var coins = new[] { 5_000L, 40_000, 20_000, 90_000 }.Select(value => Coin(value)).ToList();
        var kept = CoinSelection.ToHold(coins, coin => coin.Output.Value.Value == 20_000, Satoshis.Of(50_000));
        Assert.Equal([20_000, 40_000], kept.Select(coin => coin.Output.Value.Value));
    }

    private static (List<WalletOutput> Coins, SelectionRequest Request) Case(SplitMix64 random)
    {
        var coins = Enumerable.Range(0, (int)random.Below(12)).Select(i => Coin(330 + random.Below(random.Below(2) == 0 ? 5_000 : 200_000), i)).ToList();
        var outputs = Enumerable.Range(0, 1 + (int)random.Below(3)).Select(_ => new TxOut(Satoshis.Of(330 + random.Below(60_000)), Own)).ToList();
        var request = new SelectionRequest(
            outputs, Own, FeeRate.FromSatPerKwu(250 + random.Below(5_000)), Satoshis.Of(random.Below(3) == 0 ? 2_000 : 0));
        return (coins, request);
    }

    private static void AssertTooPoor(List<WalletOutput> coins, SelectionRequest request, ulong seed)
    {
        var inputFee = request.FeeRate.FeeCeiling(Weight.Of(230)).Value;
        var useful = coins.Sum(coin => Math.Max(0, coin.Output.Value.Value - inputFee));
        var needed = request.Outputs.Sum(output => output.Value.Value) + request.LeastChange.Value
            + request.FeeRate.FeeCeiling(Weight.Of(42 + (172 * (request.Outputs.Count + (request.LeastChange.Value > 0 ? 1 : 0))))).Value;
        Assert.True(useful <= needed + coins.Count, $"seed {seed}: {useful} sat would have been enough for {needed}");
    }

    private static Weight SignedWeight(Selection selection, SelectionRequest request)
    {
        List<TxOut> outputs = [.. request.Outputs];
        if (selection.Change is { } change)
        {
            outputs.Add(new TxOut(change, request.ChangeScript));
        }

        return new Transaction(2, selection.Coins.Select(coin => new TxIn(coin.OutPoint, Script.Empty, 0, [new byte[64]])), outputs, 0).Weight;
    }

    private static SelectionRequest Request(long pay, long rate, long leastChange)
        => new([new TxOut(Satoshis.Of(pay), Own)], Own, FeeRate.FromSatPerKwu(rate), Satoshis.Of(leastChange));

    private static WalletOutput Coin(long value, int number = 0)
    {
        var txid = Txid.FromWire(Hashes.Sha256(BitConverter.GetBytes(value + (number * 1_000_000_007L))));
        return new WalletOutput(
            new OutPoint(txid, (uint)number), new TxOut(Satoshis.Of(value), Own), new Derivation(Keychain.External, 0), false,
            new TransactionStatus.InMempool(), null);
    }
}
