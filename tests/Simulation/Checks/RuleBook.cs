using System.Collections.Immutable;

namespace Coordinator.Simulation;

/// <summary>All rules.</summary>
internal static class RuleBook
{
    public static ImmutableArray<Rule> All(Evidence evidence) =>
    [
        new PreimageRule(evidence),
        new PayoutRule(evidence),
        new OnePayoutRule(evidence),
        new ShareRule(evidence),
        new NonceRule(evidence),
        new CoinRule(evidence),
        new HeldInvoiceRule(evidence),
        new FundingRule(evidence),
        new CancelRule(evidence),
        new DocumentRule(evidence),
        new ConservationRule(evidence),
        new EndRule(evidence),
        new ProgressRule(evidence),
    ];
}
