namespace Coordinator.Competitions;

/// <summary>How long an invoice may be paid and how many blocks its payment must be holdable (D17).</summary>
public static class HoldTimes
{
    /// <summary>Payers refuse routes with a longer final hop.</summary>
    public const int LargestFinalCltv = 700;

    /// <summary>The final CLTV delta of a hold invoice issued now: blocks to the signing deadline with a margin, plus depth and LND's own.</summary>
    public static int FinalCltvDelta(CompetitionTerms terms, DateTimeOffset now)
        => FinalCltvDelta(terms.SigningDeadline - now, terms.SettlementDepth);

    public static int FinalCltvDelta(TimeSpan untilDeadline, int settlementDepth)
        => Blocks(untilDeadline) + 36 + settlementDepth + NetworkProfile.HoldMarginBlocks;

    /// <summary>q: the most blocks that are to be expected in this time.</summary>
    public static int Blocks(TimeSpan time)
    {
        var blocks = Math.Max(0, time.TotalMinutes / 9);
        return (int)Math.Ceiling(blocks + (4 * Math.Sqrt(blocks)));
    }

    /// <summary>The tip at which held payments must be settled or given back: the earliest HTLC expiry less LND's margin and ours.</summary>
    public static int HtlcLimit(int earliestExpiry) => earliestExpiry - NetworkProfile.HoldMarginBlocks;

    /// <summary>True while a funding transaction broadcast at this tip still has time to reach its depth.</summary>
    public static bool MayFund(int earliestExpiry, int tip, int settlementDepth)
        => HtlcLimit(earliestExpiry) - tip >= 12 + settlementDepth;
}
