using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Everything an operator may know of one competition. No preimage, no key, nobody's picks.</summary>
/// <param name="Competition">As lists show it.</param>
/// <param name="Steps">The states it was in, oldest first; in a competition of older code those that left a mark.</param>
/// <param name="Work">What it does in the outside world: what has ended, oldest first, then what is wanted now.</param>
/// <param name="Transactions">Those that the chain or the books know, in the order of a competition.</param>
/// <param name="Seats">In the order of the contract's players.</param>
/// <param name="Payouts">Every attempt to pay a winner, in order.</param>
/// <param name="Owed">Winners who have not taken their share.</param>
/// <param name="Notices">Odd things that were seen.</param>
/// <param name="Tip">Height of the chain as it was last looked at for this competition; 0 where it was not.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.story")]
public sealed record StoryView(
    [property: Id(0)] CompetitionView Competition,
    [property: Id(1)] ImmutableArray<StepView> Steps,
    [property: Id(2)] ImmutableArray<WorkView> Work,
    [property: Id(3)] ImmutableArray<StoryTransactionView> Transactions,
    [property: Id(4)] ImmutableArray<SeatView> Seats,
    [property: Id(5)] ImmutableArray<PayoutAttemptView> Payouts,
    [property: Id(6)] ImmutableArray<OwedShareView> Owed,
    [property: Id(7)] ImmutableArray<NoticeView> Notices,
    [property: Id(8)] int Tip);

/// <param name="State">The wire's word.</param>
/// <param name="At">When it began.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.step")]
public sealed record StepView([property: Id(0)] string State, [property: Id(1)] DateTimeOffset At);

/// <summary>One effect: wanted, tried, ended.</summary>
/// <param name="Effect">Verb and subject.</param>
/// <param name="Since">When it was wanted first; null where that was not written down.</param>
/// <param name="Until">When it was no longer wanted; null while it is.</param>
/// <param name="NextAt">When it is tried next; null once it has ended.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastError">What the last attempt complained of; never a secret.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.work")]
public sealed record WorkView(
    [property: Id(0)] string Effect,
    [property: Id(1)] DateTimeOffset? Since,
    [property: Id(2)] DateTimeOffset? Until,
    [property: Id(3)] DateTimeOffset? NextAt,
    [property: Id(4)] int Attempts,
    [property: Id(5)] string? LastError);

/// <param name="Role">funding, funding_conflict, outcome, expiry, split, close, reclaim, share, bump, escrow, escrow_spend or foreign.</param>
/// <param name="Txid">As block explorers show it.</param>
/// <param name="Height">Null while unconfirmed, or where it is not watched.</param>
/// <param name="Note">What it is about, in words; may be empty.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.story_transaction")]
public sealed record StoryTransactionView(
    [property: Id(0)] string Role, [property: Id(1)] string Txid, [property: Id(2)] int? Height, [property: Id(3)] string Note);

/// <param name="Stage">free, reserved, paid, rotating, settled or canceled.</param>
/// <param name="Player">64 hex digits; null while nobody holds it.</param>
/// <param name="Entry">Null before there is one.</param>
/// <param name="ReceivedMsat">What the payer locked.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.seat")]
public sealed record SeatView(
    [property: Id(0)] Guid Ticket,
    [property: Id(1)] string Stage,
    [property: Id(2)] string? Player,
    [property: Id(3)] Guid? Entry,
    [property: Id(4)] DateTimeOffset? ReservedUntil,
    [property: Id(5)] DateTimeOffset? PaidAt,
    [property: Id(6)] DateTimeOffset? SettledAt,
    [property: Id(7)] long ReceivedMsat,
    [property: Id(8)] string PaymentHash);

/// <param name="Stage">intended, in_flight, paid or failed.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.payout_attempt")]
public sealed record PayoutAttemptView(
    [property: Id(0)] Guid Entry,
    [property: Id(1)] string PaymentHash,
    [property: Id(2)] long Sats,
    [property: Id(3)] string Stage,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] DateTimeOffset? PaidAt,
    [property: Id(6)] long FeeMsat,
    [property: Id(7)] string? LastError);

/// <param name="Code">snake_case.</param>
/// <param name="Detail">For people; never a secret.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.notice")]
public sealed record NoticeView([property: Id(0)] string Code, [property: Id(1)] string Detail, [property: Id(2)] DateTimeOffset At);
