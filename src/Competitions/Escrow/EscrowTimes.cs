using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>How long an escrow has to last, and until when it may still be used (D21). Pure.</summary>
public static class EscrowTimes
{
    /// <summary>Blocks between a payment's limit and the broadcast of its escrow.</summary>
    public const int BroadcastMargin = 36;

    /// <summary>Blocks that T leaves after the last moment at which the pool can be funded.</summary>
    public const int RefundMargin = 72;

    /// <summary>The longest T that a competition may ask of its players: four weeks.</summary>
    public const int MostRefundBlocks = 4_032;

    /// <summary>q + depth + 72: the least T for terms that are agreed this long before their signing deadline.</summary>
    public static int LeastRefundBlocks(TimeSpan untilDeadline, int settlementDepth) => HoldTimes.Blocks(untilDeadline) + settlementDepth + RefundMargin;

    /// <summary>True while escrows sent at this tip have time to become deep before the payment has to be settled or given back.</summary>
    public static bool MaySend(int earliestExpiry, int tip) => HoldTimes.HtlcLimit(earliestExpiry) - tip >= BroadcastMargin;

    /// <summary>The tip from which the first player could take an escrow back alone; null where none is confirmed.</summary>
    public static int? RefundOpensAt(Header header) => header.Roster.Tickets.Min(ticket => ticket.Escrow is { Sight.Height: { } height } escrow
        ? height + escrow.RefundBlocks - 1
        : (int?)null);

    /// <summary>True while a funding transaction broadcast at this tip reaches its depth before any player can take an escrow out of it.</summary>
    public static bool MayFund(Header header, int tip)
        => RefundOpensAt(header) is { } opens && opens - tip >= 12 + header.Terms.SettlementDepth;

    /// <summary>What sending an escrow and spending it into the pool adds to an entry's network fee.</summary>
    public static Satoshis NetworkFee(FeeRate rate) => rate.FeeCeiling(Weight.Of(EscrowWeight + InputWeight));

    // One taproot coin, the escrow, change; the two-of-two as an input.
    private const int EscrowWeight = (4 * (10 + 41 + 43 + 43)) + 68;
    private const int InputWeight = (4 * 41) + 350;
}
