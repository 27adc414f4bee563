using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>How a winner who has nothing yet can still get their share.</summary>
public enum OwedWay
{
    /// <summary>The outcome is not deep enough for payouts yet.</summary>
    NotOpen,

    /// <summary>By an invoice of theirs.</summary>
    Lightning,

    /// <summary>An invoice of theirs is being paid.</summary>
    InFlight,

    /// <summary>The window for payments is over, or the split is out: with their own key and ticket preimage.</summary>
    OnChain,
}

/// <summary>A share of the confirmed outcome that its winner has not taken.</summary>
/// <param name="Winner">Player index in the contract.</param>
/// <param name="Entry">Whose it is.</param>
/// <param name="Player">Who it is.</param>
/// <param name="Way">How it can still be had.</param>
/// <param name="PayableUntil">The last tip at which an invoice with the shortest route fits (D18).</param>
/// <param name="ClaimableFrom">The tip from which the winner's own claim is final enough to be mined; null before the split is confirmed.</param>
/// <param name="ReclaimableFrom">The tip from which the coordinator takes the share back; null: never, unless the operator releases it (D20).</param>
public sealed record OwedShare(
    int Winner, Guid Entry, XOnlyPublicKey Player, OwedWay Way, int PayableUntil, int? ClaimableFrom, int? ReclaimableFrom);

/// <summary>Who is owed a share, how and until when. Pure.</summary>
public static class OwedRules
{
    /// <summary>Sold winners of the confirmed outcome who were neither paid nor have their output; in the contract's order.</summary>
    public static ImmutableArray<OwedShare> Of(CompetitionState state)
    {
        if (state is not LiveState { Live: { Decided: not null } live } || live.Chain.Split is { Kind: not SplitSpendKind.Split, Height: not null })
        {
            return [];
        }

        var header = state.Header;
        return
        [
            .. live.Contract.Winners(header.Terms, live.Decided.Outcome).Order()
                .Where(winner => LiveWants.Sold(header, live, winner) && live.Chain.Share(winner) is not { Height: not null }
                    && live.PayoutOf(live.Contract.Seats[winner])?.Stage != PayoutStage.Paid)
                .Select(winner => Owed(header, live, winner)),
        ];
    }

    private static OwedShare Owed(Header header, Live live, int winner)
    {
        var (terms, entry) = (header.Terms, live.Contract.Seats[winner]);
        var height = live.Decided!.Height!.Value;
        var payableUntil = PayoutRules.CltvLimit(terms, height, 0, 0) - PayoutRules.RouteBlocks(null) - 1;
        var released = live.Released.Contains(entry);
        return new OwedShare(
            winner,
            entry,
            header.Roster.FindEntry(entry)!.Entry!.Player,
            Way(terms, live, entry, payableUntil),
            payableUntil,
            live.Chain.Split?.Height + terms.Delta - 1,
            live.Chain.Split?.Height is { } split ? LiveWants.ReclaimFrom(header, split, released, sold: true) : null);
    }

    private static OwedWay Way(CompetitionTerms terms, Live live, Guid entry, int payableUntil)
        => live.PayoutOf(entry)?.Stage is PayoutStage.Intended or PayoutStage.InFlight ? OwedWay.InFlight
            : live.Chain.Split is not null || live.Chain.Tip > payableUntil ? OwedWay.OnChain
            : live.Chain.Depth(live.Decided!.Height) < terms.Profile.PayoutDepth ? OwedWay.NotOpen
            : OwedWay.Lightning;
}
