using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Something that waits for an operator, or that one has released.</summary>
/// <param name="Id">Over the whole service: <c>competition/{id}/…</c>, <c>wallet/…</c>, <c>service/…</c> or <c>document/…</c>.</param>
/// <param name="Competition">Whose it is; null where it is no competition's.</param>
/// <param name="Kind">snake_case; docs/operations.md says what each means.</param>
/// <param name="Subject">A hash, a transaction, a coin, a ticket or a document.</param>
/// <param name="Detail">For the operator; never a secret.</param>
/// <param name="Entry">The entry that it touches, where it touches one only.</param>
/// <param name="Sats">What is owed or in question; 0 where nothing is.</param>
/// <param name="Release">Null while it stands.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.hold")]
public sealed record HoldView(
    [property: Id(0)] string Id,
    [property: Id(1)] Guid? Competition,
    [property: Id(2)] string Kind,
    [property: Id(3)] string Subject,
    [property: Id(4)] string Detail,
    [property: Id(5)] DateTimeOffset Since,
    [property: Id(6)] Guid? Entry,
    [property: Id(7)] long Sats,
    [property: Id(8)] HoldReleaseView? Release);

[GenerateSerializer]
[Immutable]
[Alias("coordinator.hold_release")]
public sealed record HoldReleaseView([property: Id(0)] DateTimeOffset At, [property: Id(1)] string By, [property: Id(2)] string Note);

/// <summary>What an operator says about something: a hold, or the mode of the service.</summary>
/// <param name="Id">The hold's; empty where it is about the service.</param>
/// <param name="By">The operator, by their own word.</param>
/// <param name="Note">What they found or did; may be empty.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.operator_word")]
public sealed record OperatorWord([property: Id(0)] string Id, [property: Id(1)] string By, [property: Id(2)] string Note);

/// <summary>What the service may begin at the moment.</summary>
/// <param name="SettleOnly">No new money is taken, nothing is funded; every obligation goes on.</param>
/// <param name="Reasons">Why, one sentence each.</param>
/// <param name="Reconciled">Competitions compared with chain and Lightning since the start.</param>
/// <param name="ToReconcile">Of so many.</param>
/// <param name="Restoring">The checks after a restore are not done: nothing is funded, reclaimed or paid without being atomic (D43).</param>
/// <param name="OpenHolds">Holds that wait for an operator.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.service_status")]
public sealed record ServiceStatus(
    [property: Id(0)] bool SettleOnly,
    [property: Id(1)] ImmutableArray<string> Reasons,
    [property: Id(2)] int Reconciled,
    [property: Id(3)] int ToReconcile,
    [property: Id(4)] bool Restoring,
    [property: Id(5)] int OpenHolds);

/// <summary>What a competition looked up after a restore (D43).</summary>
/// <param name="WaitsFor">What could not be asked; null where everything was.</param>
/// <param name="PaymentHashes">Of every payment that its journal knows, hex.</param>
/// <param name="Unexplained">Payments that wait for an operator.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.recheck")]
public sealed record RecheckView(
    [property: Id(0)] string? WaitsFor, [property: Id(1)] ImmutableArray<string> PaymentHashes, [property: Id(2)] int Unexplained);
