using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>An entry's part of the chain's fees, shown with its price (D23).</summary>
public static class NetworkFees
{
    // A funding transaction of two taproot coins with change; outcome with anchor; a sell-back of one share.
    private const int FundingWeight = 4 * (10 + (2 * 58) + (2 * 43));
    private const int OutcomeWeight = 496;
    private const int SellBackWeight = 520;

    /// <summary>Funding, outcome and split shared by all entries, plus one sell-back, rounded up to whole satoshis.</summary>
    public static Satoshis PerEntry(int entries, int places, FeeRate rate)
    {
        var split = 4 * (9 + 1 + (43 * places) + 13) + 300 + 162;
        var shared = rate.FeeCeiling(Weight.Of(FundingWeight + OutcomeWeight + split)).Value + (2 * CompetitionTerms.Anchor.Value);
        return Satoshis.Of(((shared + entries - 1) / entries) + rate.FeeCeiling(Weight.Of(SellBackWeight)).Value);
    }
}
