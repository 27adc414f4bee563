using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What the choice of network fixes: depths, margins and the bounds of the relative lock time (D7, D15, D17, D18).</summary>
/// <param name="Network">The network.</param>
/// <param name="FirstConfirmationBlocks">c₀: blocks allowed until the outcome transaction has its payout depth.</param>
/// <param name="RouteBlocks">R: blocks a Lightning route may lock a payout.</param>
/// <param name="MarginBlocks">M: blocks kept between the end of a payout and the first claim at 2Δ.</param>
/// <param name="PayoutDepth">P: confirmations of the funding output's spender before payouts open.</param>
/// <param name="WorkBlocks">w: blocks kept for the winner's own handling.</param>
/// <param name="LeastDelta">The smallest Δ for which 2Δ holds a payout.</param>
/// <param name="DefaultDelta">Δ where the creator names none.</param>
/// <param name="LeastSettlementDepth">The smallest number of confirmations before a ticket preimage is revealed.</param>
public sealed record NetworkProfile(
    Network Network,
    int FirstConfirmationBlocks,
    int RouteBlocks,
    int MarginBlocks,
    int PayoutDepth,
    int WorkBlocks,
    int LeastDelta,
    int DefaultDelta,
    int LeastSettlementDepth)
{
    /// <summary>Blocks LND keeps before an HTLC's expiry when it holds an invoice, plus our own six (D17).</summary>
    public const int HoldMarginBlocks = 18 + 6;

    public static NetworkProfile Of(Network network) => network switch
    {
        Network.Mainnet => new(network, 80, 160, 24, 6, 36, 155, 288, 3),

        // Two confirmations open payouts here (D18); the second is one of D7's two blocks of work, so that Δ = 17 stays the least.
        Network.Testnet or Network.Signet => new(network, 24, 0, 4, 2, 1, 17, 24, 1),
        Network.Regtest => new(network, 24, 0, 4, 1, 2, 17, 24, 1),
    };

    /// <summary>The left side of 2Δ ≥ c₀ + 3 + R + M + P + w, as a number of blocks.</summary>
    public int BlocksForAPayout => FirstConfirmationBlocks + 3 + RouteBlocks + MarginBlocks + PayoutDepth + WorkBlocks;
}
