using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>The create body (http-api §7.1); nothing in it is trusted yet.</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.create_competition")]
public sealed record CreateCompetition(
    [property: Id(0)] Guid Id,
    [property: Id(1)] DateTimeOffset SigningDate,
    [property: Id(2)] DateTimeOffset StartObservationDate,
    [property: Id(3)] DateTimeOffset EndObservationDate,
    [property: Id(4)] ImmutableArray<string> Locations,
    [property: Id(5)] int NumberOfValuesPerEntry,
    [property: Id(6)] int NumberOfPlacesWin,
    [property: Id(7)] int TotalAllowedEntries,
    [property: Id(8)] long EntryFee,
    [property: Id(9)] int CoordinatorFeePercentage,
    [property: Id(10)] long TotalCompetitionPool,
    [property: Id(11)] int? RelativeLocktimeBlockDelta)
{
    /// <summary>Confirmations of the funding before tickets are settled; null: the operator's default.</summary>
    [Id(12)]
    public int? SettlementDepth { get; init; }

    /// <summary>Played with escrows.</summary>
    [Id(13)]
    public bool Escrow { get; init; }

    /// <summary>Blocks after which a player may take an escrow back alone; null: the least that fits.</summary>
    [Id(14)]
    public int? EscrowRefundBlocks { get; init; }
}

/// <summary>A competition as everybody may see it. No contract, no signatures, nobody's picks.</summary>
/// <param name="Version">Raised at every change; a lower one never replaces a higher one.</param>
/// <param name="Submission">The accepted terms in the create body's shape.</param>
/// <param name="State">The wire's word (http-api §7.5).</param>
/// <param name="Stamps">The wire's *_at members by name; absent ones are null.</param>
/// <param name="EventAnnouncement">JSON of locking points and expiry, or null before there is one; left out of lists.</param>
/// <param name="FundingTransaction">Raw hex, only once it was broadcast.</param>
/// <param name="OutcomeTransaction">Raw hex of the confirmed outcome or expiry transaction.</param>
/// <param name="Attestation">64 hex digits once known.</param>
/// <param name="Outcome">The confirmed outcome: att0, …, exp.</param>
/// <param name="TicketPrice">Satoshis a ticket costs, network fee included.</param>
/// <param name="NetworkFee">Satoshis of it that pay for the chain.</param>
/// <param name="Reason">Why it failed or was cancelled.</param>
/// <param name="Owed">Entries or tickets to whom the coordinator owes a refund or a share.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.competition_view")]
public sealed record CompetitionView(
    [property: Id(0)] long Version,
    [property: Id(1)] CreateCompetition Submission,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] string State,
    [property: Id(4)] CompetitionTotals Totals,
    [property: Id(5)] ImmutableArray<StampView> Stamps,
    [property: Id(6)] string? EventAnnouncement,
    [property: Id(7)] string? FundingOutpoint,
    [property: Id(8)] string? FundingTransaction,
    [property: Id(9)] string? OutcomeTransaction,
    [property: Id(10)] string? Attestation,
    [property: Id(11)] string? Outcome,
    [property: Id(12)] long TicketPrice,
    [property: Id(13)] long NetworkFee,
    [property: Id(14)] string? Reason,
    [property: Id(15)] ImmutableArray<OwedView> Owed)
{
    /// <summary>What is being tried and why it has not ended; shown to the operator only.</summary>
    [Id(16)]
    public ImmutableArray<PendingView> Pending { get; init; } = [];

    /// <summary>Odd things that were seen, as code and text; they stop nothing by themselves.</summary>
    [Id(18)]
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>The operator has put it out of sight: it is in no list.</summary>
    [Id(17)]
    public bool Deleted { get; init; }

    /// <summary>What was spent to make transactions confirm; null before the contract is made. Shown to the operator only.</summary>
    [Id(22)]
    public BumpsView? Bumps { get; init; }

    /// <summary>What waits for an operator, and what waited.</summary>
    [Id(20)]
    public ImmutableArray<HoldView> Holds { get; init; } = [];

    /// <summary>When the present state began; null where that was not written down. Shown to the operator only.</summary>
    [Id(23)]
    public DateTimeOffset? StateSince { get; init; }
}

/// <summary>Children and sweeps at higher rates (D22).</summary>
/// <param name="Number">How many were made.</param>
/// <param name="FeesSats">What the newest one for each transaction pays; those it replaced cost nothing.</param>
/// <param name="ReserveSats">What the wallet keeps for them; 0 where it had too little when the pool was funded.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.bumps")]
public sealed record BumpsView([property: Id(0)] int Number, [property: Id(1)] long FeesSats, [property: Id(2)] long ReserveSats);

/// <summary>Something the competition is doing in the outside world; for the operator.</summary>
/// <param name="Effect">Verb and subject.</param>
/// <param name="Attempts">How often it was tried without an end.</param>
/// <param name="LastError">What the last attempt said, or null; never a secret.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.pending")]
public sealed record PendingView([property: Id(0)] string Effect, [property: Id(1)] int Attempts, [property: Id(2)] string? LastError);

[GenerateSerializer]
[Immutable]
[Alias("coordinator.stamp")]
public sealed record StampView([property: Id(0)] string Name, [property: Id(1)] DateTimeOffset At);

[GenerateSerializer]
[Immutable]
[Alias("coordinator.owed")]
public sealed record OwedView([property: Id(0)] Guid Ticket, [property: Id(1)] Guid? Entry, [property: Id(2)] long Sats, [property: Id(3)] string Why);

[GenerateSerializer]
[Immutable]
[Alias("coordinator.competition_totals")]
public sealed record CompetitionTotals(
    [property: Id(0)] int Entries,
    [property: Id(1)] int EntryNonces,
    [property: Id(2)] int SignedEntries,
    [property: Id(3)] int PaidEntries,
    [property: Id(4)] int PaidOutEntries);

/// <param name="Draft">The entry that the ticket's payment completes; its ticket is the one that is reserved, its id may be empty for the offered one.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.ticket_request")]
public sealed record TicketRequest(
    [property: Id(0)] string Player, [property: Id(1)] string BtcPubkey, [property: Id(2)] EntryRequest? Draft = null);

/// <param name="PaymentRequest">BOLT-11 of the hold invoice.</param>
/// <param name="PaymentHash">Also the ticket hash of the contract.</param>
/// <param name="EntryId">The id offered for the entry (D39).</param>
/// <param name="Keymeld">Where the entry's key is to be left; null where players sign themselves.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.ticket_view")]
public sealed record TicketView(
    [property: Id(0)] Guid TicketId,
    [property: Id(1)] string PaymentRequest,
    [property: Id(2)] string PaymentHash,
    [property: Id(3)] long AmountSats,
    [property: Id(4)] long NetworkFeeSats,
    [property: Id(5)] Guid EntryId,
    [property: Id(6)] DateTimeOffset ReservedUntil,
    [property: Id(7)] TicketKeymeldView? Keymeld = null)
{
    /// <summary>Null in a competition without escrows.</summary>
    [Id(8)]
    public EscrowView? Escrow { get; init; }
}

/// <summary>What a player needs to leave its key with the signing service (http-api §8.1, §16.6). The user id is the ticket's.</summary>
/// <param name="EnclavePublicKey">66 hex digits: encrypt the entry's key to this one.</param>
/// <param name="EnclaveKeyEpoch">Of that key when the session was made.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.ticket_keymeld_view")]
public sealed record TicketKeymeldView(
    [property: Id(0)] string GatewayUrl,
    [property: Id(1)] Guid SessionId,
    [property: Id(2)] int EnclaveId,
    [property: Id(3)] string EnclavePublicKey,
    [property: Id(4)] int EnclaveKeyEpoch);

/// <summary>Picks for one station; each is null, Over, Par or Under.</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.station_picks")]
public sealed record StationPicksMessage(
    [property: Id(0)] string Stations, [property: Id(1)] string? WindSpeed, [property: Id(2)] string? TempHigh, [property: Id(3)] string? TempLow);

/// <param name="KeyProof">128 hex digits: the entry key's signature for this seat and player (Dlc.KeyPossession), or null.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.entry_request")]
public sealed record EntryRequest(
    [property: Id(0)] string Player,
    [property: Id(1)] Guid Id,
    [property: Id(2)] Guid TicketId,
    [property: Id(3)] string EphemeralPubkey,
    [property: Id(4)] string EphemeralPrivatekeyEncrypted,
    [property: Id(5)] string PayoutHash,
    [property: Id(6)] string PayoutPreimageEncrypted,
    [property: Id(7)] ImmutableArray<StationPicksMessage> Picks,
    [property: Id(8)] string? EncryptedKeymeldPrivateKey,
    [property: Id(9)] string? KeymeldAuthPubkey,
    [property: Id(10)] string? KeyProof = null);

/// <summary>The caller's own entry.</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.entry_view")]
public sealed record EntryView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] Guid EventId,
    [property: Id(2)] Guid TicketId,
    [property: Id(3)] string Pubkey,
    [property: Id(4)] string EphemeralPubkey,
    [property: Id(5)] string EphemeralPrivatekeyEncrypted,
    [property: Id(6)] string PayoutHash,
    [property: Id(7)] string PayoutPreimageEncrypted,
    [property: Id(8)] ImmutableArray<StationPicksMessage> Picks,
    [property: Id(9)] DateTimeOffset? SignedAt,
    [property: Id(10)] DateTimeOffset? PaidAt,
    [property: Id(11)] DateTimeOffset? PaidOutAt,
    [property: Id(12)] string? PayoutLnInvoice,
    [property: Id(13)] DateTimeOffset? SellbackBroadcastedAt,
    [property: Id(14)] DateTimeOffset? ReclaimedBroadcastedAt,
    [property: Id(15)] PayoutStatusView? Payout);

/// <summary>Where a winner's payout stands.</summary>
/// <param name="ShareSats">The winner's output in the confirmed outcome's split; null for who wins nothing.</param>
/// <param name="Stage">open, not_open, intended, in_flight, paid, failed, closed.</param>
/// <param name="CltvLimit">Blocks left for a route, where the window is open.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.payout_status")]
public sealed record PayoutStatusView(
    [property: Id(0)] long? ShareSats, [property: Id(1)] string Stage, [property: Id(2)] string? LastError, [property: Id(3)] int? CltvLimit, [property: Id(4)] bool KeyHeld)
{
    /// <summary>Until when and how an untaken share can be had; null where nothing is owed.</summary>
    [Id(5)]
    public OwedShareView? Owed { get; init; }
}

/// <summary>A share that its winner has not taken.</summary>
/// <param name="Way">not_open, lightning, in_flight or on_chain.</param>
/// <param name="PayableUntil">The last block height at which an invoice with the shortest route fits.</param>
/// <param name="ClaimableFrom">The height from which the winner's own claim can be mined in the next block; null before the split is confirmed.</param>
/// <param name="ReclaimableFrom">The height from which the coordinator takes it back; null: never, unless the operator releases it.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.owed_share")]
public sealed record OwedShareView(
    [property: Id(0)] Guid Entry,
    [property: Id(1)] string Player,
    [property: Id(2)] long Sats,
    [property: Id(3)] string Way,
    [property: Id(4)] int PayableUntil,
    [property: Id(5)] int? ClaimableFrom,
    [property: Id(6)] int? ReclaimableFrom);
