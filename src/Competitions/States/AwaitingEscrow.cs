using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Every seat is paid for and has its entry. The escrows are sent, become deep, and only then the payments are taken (D21).</summary>
/// <param name="SentAt">The tip when the intent to send them was written; null before.</param>
public sealed record AwaitingEscrow(Header Header, int? SentAt) : Gathering(Header)
{
    [JsonIgnore]
    public override string Wire => "entries_collected";

    public override IEnumerable<Effect> Wants()
    {
        Effect[] wants = SentAt is null ? [new CheckBeforeEscrow()] : [.. EscrowWants.Keeping(Header), .. EscrowWants.Settling(Header)];
        return [.. wants, .. RemoteRules.Wants(Header)];
    }

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is EscrowsCleared cleared && SentAt is null ? Send(cleared) : this;

    protected override CompetitionState AbsorbInvoice(InvoiceSeen seen) => Next(base.AbsorbInvoice(seen), seen.At);

    protected override CompetitionState AbsorbEscrows(EscrowsSeen seen) => Next(base.AbsorbEscrows(seen), seen.At);

    /// <summary>Unsent, the payments must leave time for a block and more; sent, they are given back at their limit, the escrows spent elsewhere first.</summary>
    protected override bool TooLate(int tip) => Header.Roster.EarliestHtlcExpiry is { } expiry
        && (SentAt is null ? !EscrowTimes.MaySend(expiry, tip) : tip >= HoldTimes.HtlcLimit(expiry));

    private CompetitionState Send(EscrowsCleared cleared)
        => cleared.At >= Header.Terms.SigningDeadline ? GiveUp(DeadlineReason, cleared.At)
            : Header.Roster.Tickets.All(ticket => ticket is { Stage: TicketStage.Paid, Escrow: not null })
                && Header.Roster.EarliestHtlcExpiry is { } expiry && EscrowTimes.MaySend(expiry, cleared.Tip)
                ? new AwaitingEscrow(EscrowRules.Sent(Header, cleared.Tip), cleared.Tip)
            : this;

    private static CompetitionState Next(CompetitionState after, DateTimeOffset at) => after is AwaitingEscrow && EscrowRules.AllSafe(after.Header)
        ? new EscrowConfirmed(after.Header.Stamped("escrow_funds_confirmed_at", at))
        : after;
}
