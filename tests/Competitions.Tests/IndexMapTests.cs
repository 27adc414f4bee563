using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions.Tests;

/// <summary>D6: contract players stand by ticket id, oracle outcomes speak of entries by entry id.</summary>
[Trait("Kind", "Properties")]
public sealed class IndexMapTests
{
    [Fact]
    public void Ids_are_ordered_by_their_text_never_by_the_machines_layout()
    {
        var mix = new SplitMix(3);
        var ids = Enumerable.Range(0, 500).Select(_ => new Guid(mix.Bytes(16))).ToList();
        Assert.Equal(ids.OrderBy(id => id.ToString(), StringComparer.Ordinal), ids.Order(UuidOrder.BigEndian));
        Assert.NotEqual(ids.OrderBy(id => Convert.ToHexString(id.ToByteArray()), StringComparer.Ordinal), ids.Order(UuidOrder.BigEndian));
    }

    [Fact]
    public void Shuffled_ids_give_the_map_that_an_independent_reckoning_gives()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var roster = Full(new SplitMix(seed), 2 + (int)(seed % 9));
            var byTicket = roster.Tickets.OrderBy(ticket => ticket.Id.ToString(), StringComparer.Ordinal).Select(ticket => ticket.Entry!.Id.ToString()).ToList();
            var byEntry = byTicket.Order(StringComparer.Ordinal).ToList();
            Assert.True(
                ContractPlan.Seats(roster).Select(id => id.ToString()).SequenceEqual(byTicket)
                    && ContractPlan.OracleOrder(roster).Select(id => id.ToString()).SequenceEqual(byEntry)
                    && ContractPlan.Players(roster).SequenceEqual(byEntry.Select(entry => byTicket.IndexOf(entry))),
                $"seed {seed}");
        }
    }

    [Fact]
    public void An_outcome_pays_exactly_the_entries_that_the_oracle_ranked()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var terms = Given.Terms(4, 2);
            var header = Given.Competition(terms).Header with { Roster = Full(new SplitMix(seed), 4) };
            var contract = Given.Contract(header.Roster);
            var byEntry = header.Roster.Tickets.Select(ticket => ticket.Entry!).OrderBy(entry => entry.Id.ToString(), StringComparer.Ordinal).ToList();
            var parameters = ContractPlan.Parameters(header, Points(terms), FeeRate.FromSatPerVbyte(2));
            var outcome = 0;
            foreach (var (first, second) in Rankings(4))
            {
                var expected = new[] { byEntry[first].Id, byEntry[second].Id };
                Assert.True(contract.Winners(terms, outcome).Select(index => contract.Seats[index]).SequenceEqual(expected), $"seed {seed}, outcome {outcome}");
                var weights = parameters.OutcomePayouts.Entries[outcome].Weights.Winners.ToDictionary(winner => winner.PlayerIndex, winner => winner.Weight);
                var keys = parameters.Players.Select(player => player.PublicKey).ToList();
                Assert.True(
                    weights.Count == 2 && weights[keys.IndexOf(byEntry[first].Key)] == 60 && weights[keys.IndexOf(byEntry[second].Key)] == 40,
                    $"seed {seed}, outcome {outcome}");
                outcome++;
            }

            Assert.Equal("0 1 2 3", string.Join(' ', contract.Winners(terms, outcome).Order()));
            Assert.Equal("0 1 2 3", string.Join(' ', contract.Winners(terms, -1)));
        }
    }

    [Fact]
    public void Shares_of_the_contract_add_up_and_stand_in_the_weights_of_the_places()
    {
        var terms = Given.Terms(4, 2);
        var header = Given.Competition(terms).Header with { Roster = Full(new SplitMix(5), 4) };
        var dlc = TicketedDlc.Create(
            ContractPlan.Parameters(header, Points(terms), FeeRate.FromSatPerVbyte(2)), new OutPoint(Given.Txid("funding"), 0));
        foreach (var outcome in dlc.Outcomes.Select(payout => payout.Outcome))
        {
            var index = outcome.IsExpiry ? -1 : outcome.AttestationIndex;
            var winners = Given.Contract(header.Roster).Winners(terms, index);
            var shares = winners.Select(winner => dlc.PayoutOf(new WinCondition(outcome, winner)).Value).ToList();
            Assert.Equal(dlc.Payouts(outcome).Sum(share => share.Value), shares.Sum());
            Assert.True(shares.Sum() < terms.Pool.Value && shares.Sum() > terms.Pool.Value * 99 / 100, $"{outcome}: {shares.Sum()}");


            // Each winner bears the same part of the split's fee, so unequal shares are a little off their weights.
            var (even, tolerance) = (shares.Sum() / (double)shares.Count, 100.0);
            var expected = shares.Count == 2 ? [shares.Sum() * 0.6, shares.Sum() * 0.4] : Enumerable.Repeat(even, shares.Count);
            Assert.All(shares.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -tolerance, tolerance));
        }
    }

    [Fact]
    public void The_contract_is_bound_anchored_and_takes_its_numbers_from_the_terms()
    {
        var terms = Given.Terms();
        var header = Given.Competition(terms).Header with { Roster = Full(new SplitMix(5), 3) };
        var parameters = ContractPlan.Parameters(header, Points(terms), FeeRate.FromSatPerVbyte(2));
        Assert.True(parameters.OutcomeBoundSplits);
        Assert.Equal(240UL, parameters.AnchorSatoshis);
        Assert.Equal(((ulong)terms.Pool.Value, 500UL, (ushort)terms.Delta), (parameters.FundingSatoshis, parameters.FeeRateSatPerKwu, parameters.RelativeLocktimeBlockDelta));
        Assert.Equal(header.MarketMaker, parameters.MarketMaker.PublicKey);
        Assert.Null(TicketedDlc.Check(parameters));
        Assert.Equal(terms.Ranking.AttestationCount + 1, parameters.OutcomePayouts.Entries.Length);
    }

    private static IEnumerable<(int First, int Second)> Rankings(int entries)
        => from first in Enumerable.Range(0, entries) from second in Enumerable.Range(0, entries) where first != second select (first, second);

    private static ImmutableArray<PublicKey> Points(CompetitionTerms terms)
        => [.. Enumerable.Range(0, terms.Ranking.AttestationCount).Select(outcome => Given.Key($"lock {outcome}"))];

    private static Roster Full(SplitMix mix, int seats)
    {
        var moments = mix.Shuffled(Enumerable.Range(0, seats));
        return Roster.Of(Enumerable.Range(0, seats).Select(seat => new Ticket(Given.Uuid7(Given.Start.AddMilliseconds(mix.Below(3)), mix), Given.Hash($"t{seat}"), "s")
        {
            Stage = TicketStage.Paid,
            Entry = Given.Entry(seat, Given.Uuid7(Given.Start.AddMilliseconds(moments[seat]), mix), Given.Start),
        }));
    }
}
