using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>How a full roster becomes contract parameters, with the map between the two orders of indices (D6). Pure.</summary>
public static class ContractPlan
{
    /// <summary>Entry ids by player index: players stand in the order of their ticket ids.</summary>
    public static ImmutableArray<Guid> Seats(Roster roster) => [.. roster.Tickets.Select(ticket => ticket.Entry!.Id)];

    /// <summary>Entry ids in the order in which the oracle counts them.</summary>
    public static ImmutableArray<Guid> OracleOrder(Roster roster) => [.. Seats(roster).Order(UuidOrder.BigEndian)];

    /// <summary>For each index of the oracle the index of the contract's player.</summary>
    public static ImmutableArray<int> Players(Roster roster)
    {
        var seats = Seats(roster);
        return [.. OracleOrder(roster).Select(entry => seats.IndexOf(entry))];
    }

    /// <summary>The parameters of the contract: outcome-bound, with an anchor (D1).</summary>
    /// <param name="header">A roster in which every seat is complete.</param>
    /// <param name="lockPoints">The verified announcement's points, one for each ranking and one for the refund.</param>
    /// <param name="rate">The contract's fee rate, within the terms' highest.</param>
    public static ContractParameters Parameters(Header header, ImmutableArray<PublicKey> lockPoints, FeeRate rate)
    {
        var terms = header.Terms;
        return new ContractParameters
        {
            MarketMaker = new MarketMaker(header.MarketMaker),
            Players = [.. header.Roster.Tickets.Select(ticket => new Player(
                ticket.Entry!.Key, Hashlock.FromHash(ticket.Hash.Bytes), Hashlock.FromHash(ticket.Entry.PayoutHash.Bytes)))],
            Event = new EventLockingConditions([.. lockPoints.Cast<PublicKey?>()], terms.Expiry),
            OutcomePayouts = terms.Ranking.Payouts(Players(header.Roster)),
            FeeRateSatPerKwu = (ulong)rate.SatPerKwu,
            FundingSatoshis = (ulong)terms.Pool.Value,
            RelativeLocktimeBlockDelta = checked((ushort)terms.Delta),
            AnchorSatoshis = (ulong)CompetitionTerms.Anchor.Value,
            OutcomeBoundSplits = true,
        };
    }
}
