using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class ShapeTests
{
    private static readonly OutPoint Funding = OutPoint.Parse($"{new string('7', 64)}:0");

    internal static ContractParameters Parameters(int players, int places)
    {
        var ranking = OutcomeRanking.Of(players, places);
        PublicKey Key(string label) => SecretKey.From(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes($"shape/{label}"))).PublicKey;
        Hashlock Lock(string label) => Hashlock.OfPreimage(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes($"shape/{label}")));
        return new ContractParameters
        {
            MarketMaker = new MarketMaker(Key("mm")),
            Players = [.. Enumerable.Range(0, players).Select(i => new Player(Key($"player/{i}"), Lock($"ticket/{i}"), Lock($"payout/{i}")))],
            Event = new EventLockingConditions(
                [.. Enumerable.Range(0, ranking.AttestationCount).Select(i => Attestations.LockingPoint(Key("oracle").XOnly, Key("nonce").XOnly, ranking.MessageOf(i)))],
                1_900_000_000),
            OutcomePayouts = ranking.Payouts([.. Enumerable.Range(0, players)]),
            FeeRateSatPerKwu = 500,
            FundingSatoshis = 2_000_000,
            RelativeLocktimeBlockDelta = 288,
            AnchorSatoshis = 240,
            OutcomeBoundSplits = true,
        };
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(10, 2)]
    public void A_competition_is_built_the_same_by_one_thread_and_by_many(int players, int places)
    {
        var parameters = Parameters(players, places);
        var one = TicketedDlc.Create(parameters, Funding);
        var many = TicketedDlc.Create(parameters, Funding, Cores.UpTo(4));
        Assert.Equal(parameters.OutcomePayouts.Count, one.Outcomes.Select(entry => one.OutcomeTxid(entry.Outcome)).Distinct().Count());
        foreach (var (outcome, weights) in one.Outcomes)
        {
            Assert.Equal(one.OutcomeTransaction(outcome).Txid, one.OutcomeTxid(outcome));
            Assert.Equal(one.OutcomeTxid(outcome), many.OutcomeTxid(outcome));
            Assert.Equal(one.SplitTransaction(outcome).Txid, one.SplitTxid(outcome));
            Assert.True(one.OutcomeSighash(outcome).Span.SequenceEqual(many.OutcomeSighash(outcome).Span));
            Assert.All(weights.Winners, winner => Assert.True(
                one.SplitSighash(new(outcome, winner.PlayerIndex)).Span.SequenceEqual(many.SplitSighash(new(outcome, winner.PlayerIndex)).Span)));
        }
    }

    [Fact]
    public void The_keys_are_aggregated_once_per_set_of_winners()
    {
        var dlc = TicketedDlc.Create(Parameters(6, 2), Funding);
        var groups = dlc.Outcomes.Select(entry => dlc.WinnersKey(entry.Outcome)).Distinct(ReferenceEqualityComparer.Instance).Count();
        Assert.Equal(15 + 1, groups); // pairs of six, and everybody
    }

    [Fact]
    public void A_contract_outlives_its_json()
    {
        var dlc = TicketedDlc.Create(Parameters(5, 2), Funding);
        var again = TicketedDlc.Parse(dlc.ToJsonBytes());
        Assert.Equal(dlc.Parameters, again.Parameters);
        Assert.Equal(dlc.OutcomeTxid(Outcome.Expiry), again.OutcomeTxid(Outcome.Expiry));
    }
}
