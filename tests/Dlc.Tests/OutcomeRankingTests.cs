using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class OutcomeRankingTests
{
    [Fact]
    public void Three_entries_with_two_places_are_listed_in_lexicographic_order()
    {
        var ranking = OutcomeRanking.Of(3, 2);
        Assert.Equal(6, ranking.Rankings);
        Assert.Equal(7, ranking.AttestationCount);
        string[] expected = ["0,1", "0,2", "1,0", "1,2", "2,0", "2,1", "0,1,2"];
        Assert.Equal(expected, Enumerable.Range(0, 7).Select(index => string.Join(',', ranking.WinnersOf(index))));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(10, 3)]
    [InlineData(7, 5)]
    [InlineData(20, 3)]
    public void Index_and_ranking_lead_to_each_other_in_order(int entries, int places)
    {
        var ranking = OutcomeRanking.Of(entries, places);
        int[] before = [];
        for (var index = 0; index < ranking.Rankings; index++)
        {
            var winners = ranking.WinnersOf(index);
            Assert.Equal(places, winners.Distinct().Count());
            Assert.Equal(index, ranking.IndexOf(winners));
            Assert.True(before.AsSpan().SequenceCompareTo(winners) < 0, $"ranking {index} is not after the one before");
            before = winners;
        }

        Assert.Equal(Enumerable.Range(0, entries), ranking.WinnersOf(ranking.RefundIndex));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 0)]
    [InlineData(26, 1)]
    [InlineData(10, 6)]
    [InlineData(25, 4)]
    [InlineData(13, 4)]
    public void Other_shapes_are_refused(int entries, int places)
    {
        if (entries == 13)
        {
            Assert.NotNull(OutcomeRanking.TryOf(13, 4)); // 17,160 rankings
            Assert.Null(OutcomeRanking.TryOf(14, 4)); // 24,024
            return;
        }

        Assert.Null(OutcomeRanking.TryOf(entries, places));
    }

    [Fact]
    public void Positions_that_are_no_ranking_are_refused()
    {
        var ranking = OutcomeRanking.Of(4, 2);
        Assert.Throws<ArgumentException>(() => ranking.IndexOf(0));
        Assert.Throws<ArgumentException>(() => ranking.IndexOf(1, 1));
        Assert.Throws<ArgumentException>(() => ranking.IndexOf(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ranking.WinnersOf(13));
        Assert.Throws<ArgumentException>(() => ranking.Payouts([0, 1, 2, 2]));
    }

    [Fact]
    public void Payouts_go_to_the_players_behind_the_oracles_positions()
    {
        var ranking = OutcomeRanking.Of(3, 2);
        var payouts = ranking.Payouts([2, 0, 1]);
        Assert.Equal(8, payouts.Count);
        Assert.Equal(PayoutWeights.Of(new PayoutWeight(2, 60), new PayoutWeight(0, 40)), payouts.Find(Outcome.Attestation(0)));
        Assert.Equal(PayoutWeights.Of(new PayoutWeight(1, 60), new PayoutWeight(0, 40)), payouts.Find(Outcome.Attestation(ranking.IndexOf(2, 1))));
        Assert.Equal(PayoutWeights.Equal(3), payouts.Find(Outcome.Attestation(6)));
        Assert.Equal(PayoutWeights.Equal(3), payouts.Find(Outcome.Expiry));
    }

    [Fact]
    public void Messages_are_positions_of_eight_bytes()
    {
        var ranking = OutcomeRanking.Of(3, 2);
        Assert.Equal("00000000000000020000000000000001", Hex.Encode(ranking.MessageOf(5)));
        Assert.Equal("000000000000000000000000000000010000000000000002", Hex.Encode(ranking.MessageOf(6)));
    }

    [Fact]
    public void Place_weights_are_the_agreed_ones()
    {
        Assert.Equal([100UL], PlaceWeights.For(1).ToArray());
        Assert.Equal([60UL, 40], PlaceWeights.For(2).ToArray());
        Assert.Equal([45UL, 35, 20], PlaceWeights.For(3).ToArray());
        Assert.Equal([42UL, 30, 18, 10], PlaceWeights.For(4).ToArray());
        Assert.Equal([40UL, 27, 16, 9, 8], PlaceWeights.For(5).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => PlaceWeights.For(6));
    }
}
