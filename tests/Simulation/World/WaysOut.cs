using System.Text.RegularExpressions;
using Coordinator.Competitions;
using Coordinator.Grains;

namespace Coordinator.Simulation;

/// <summary>By which way the money left a competition, for the counts.</summary>
internal static partial class WaysOut
{
    public static void Count(CompetitionDocument document, Counts counts)
    {
        switch (document.State)
        {
            case Cancelled cancelled:
                counts.Add("way out", $"cancelled: {Particulars().Replace(cancelled.Reason, "#")}");
                break;
            case LiveState live:
                Live(live, counts);
                break;
        }
    }

    private static void Live(LiveState state, Counts counts)
    {
        var live = state.Live;
        counts.Add("way out", live.Abandoned is not null ? "pool abandoned" : "pool settled");
        if (live.Decided is { } decided)
        {
            var ranking = state.Header.Terms.Ranking;
            counts.Add("way out", decided.Outcome < 0 ? "expiry" : decided.Outcome == ranking.RefundIndex ? "refund attested" : "ranking attested");
        }

        if (live.Chain.Split is { } split)
        {
            counts.Add("way out", $"outcome spent by {split.Kind}");
        }

        foreach (var share in live.Chain.Shares)
        {
            counts.Add("way out", $"share spent by {share.Kind}");
        }

        foreach (var payout in live.Payouts)
        {
            counts.Add("way out", $"payout {(payout.Atomic ? "atomic" : "ordinary")} {payout.Stage}");
        }

        foreach (var ticket in state.Header.Roster.Tickets)
        {
            counts.Add("way out", $"seat {ticket.Stage}");
        }
    }

    [GeneratedRegex("[0-9a-f]{8}[0-9a-f-]*|[0-9][0-9:.TZ+-]*", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Particulars();
}
