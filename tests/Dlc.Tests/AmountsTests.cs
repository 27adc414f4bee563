using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

public sealed class AmountsTests
{
    [Fact]
    public void Leaves_grow_with_the_number_they_carry()
    {
        using var document = VectorFiles.ReadJson("dlctix02", "leaf_prefix.json");
        foreach (var given in document.RootElement.EnumerateArray())
        {
            if (!given.GetProperty("n").TryGetInt32(out var number))
            {
                // no event has so many locking points: such an outcome is not even read
                Assert.Null(Outcome.TryParse($"att{given.GetProperty("n").GetInt64()}"));
                continue;
            }

            var outcome = number < 0 ? Outcome.Expiry : Outcome.Attestation(number);
            Assert.Equal(given.GetProperty("leaf_script_length").GetInt32(), ContractWeights.SplitLeafLength(outcome, bound: true));
            var leaf = ContractScripts.Split(outcome, bound: true, Hashlock.OfPreimage(new byte[32]), SecretKey.From(Hashes.Sha256("k"u8)).XOnly);
            Assert.StartsWith(given.GetProperty("prefix").GetString(), leaf.Script.ToHex(), StringComparison.Ordinal);
            Assert.Equal(given.GetProperty("leaf_script_length").GetInt32(), leaf.Script.Length);
        }

        Assert.Equal(69, ContractWeights.SplitLeafLength(Outcome.Attestation(200), bound: false));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 4)]
    [InlineData(8, 4)]
    [InlineData(9, 5)]
    [InlineData(25, 6)]
    public void The_deepest_winner_lies_as_deep_as_a_balanced_tree(int winners, int depth)
        => Assert.Equal(depth, ContractWeights.SplitLeafDepth(winners));

    [Fact]
    public void The_smallest_share_is_the_smallest_output_of_any_split()
    {
        foreach (var name in new[] { "dlctix02/bound_anchor/a", "dlctix02/bound_anchor/b", "dlctix02/bound_anchor/f", "dlctix/b" })
        {
            var vector = ContractVector.Load(name);
            var (share, refusal) = SmallestShare.Of(vector.Parameters, vector.Parameters.FeeRate);
            Assert.Null(refusal);
            Assert.Equal(vector.Dlc.Outcomes.Min(entry => vector.Dlc.Payouts(entry.Outcome).Min(amount => amount.Value)), share?.Value);
        }
    }

    [Fact]
    public void The_smallest_funding_is_just_enough()
    {
        var payouts = OutcomeRanking.Of(10, 3).Payouts([.. Enumerable.Range(0, 10)]);
        var rate = FeeRate.FromSatPerVbyte(20);
        var least = SmallestShare.LeastWorthwhile(rate);
        Assert.Equal(3 * 3_250, least.Value);
        var funding = SmallestShare.SmallestFunding(payouts, least, rate, 240, outcomeBoundSplits: true)!.Value;
        Assert.True(SmallestShare.Of(payouts, (ulong)funding.Value, rate, 240, true).Share >= least);
        Assert.True(SmallestShare.Of(payouts, (ulong)funding.Value - 1, rate, 240, true).Share is not { } less || less < least);
        Assert.Null(SmallestShare.SmallestFunding(payouts, Satoshis.Of(Satoshis.MaxValue), rate, 240, true));
    }

    [Fact]
    public void A_pot_that_cannot_pay_a_share_says_which()
    {
        var payouts = OutcomeRanking.Of(3, 1).Payouts([0, 1, 2]);
        var (share, refusal) = SmallestShare.Of(payouts, 1_000, FeeRate.FromSatPerVbyte(1), 240, true);
        Assert.Null(share);
        Assert.Equal(ContractRefusalKind.DustAmount, refusal?.Kind);
    }

    [Theory]
    [InlineData("dlctix02/bound_anchor/b")]
    [InlineData("dlctix/f")]
    public void Splits_never_pay_more_than_the_outcome_holds(string name)
    {
        var dlc = ContractVector.Load(name).Dlc;
        foreach (var (outcome, weights) in dlc.Outcomes)
        {
            var paid = dlc.Payouts(outcome);
            var split = dlc.SplitTransaction(outcome);
            var fee = dlc.Amounts.OutcomeValue - split.OutputValue;
            var least = dlc.Parameters.FeeRate.FeeCeiling(ContractWeights.Split(
                weights.Count, ContractWeights.SplitLeafLength(outcome, dlc.Parameters.OutcomeBoundSplits), dlc.Parameters.AnchorSatoshis is not null));
            Assert.InRange(fee.Value, least.Value - weights.Count + 1, least.Value + weights.Count);
            Assert.All(paid, amount => Assert.True(amount.Value > 330));
        }
    }
}
