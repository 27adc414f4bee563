using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>
/// Something to be done in the outside world. Effects are data with stable keys: wanting the same thing twice is one intent. They name what
/// they act on and carry no secret. Each has a look that tells whether it is already done.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "effect")]
[JsonDerivedType(typeof(IssueInvoice), "issue_invoice")]
[JsonDerivedType(typeof(CancelInvoice), "cancel_invoice")]
[JsonDerivedType(typeof(RotateTicket), "rotate_ticket")]
[JsonDerivedType(typeof(SettleInvoice), "settle_invoice")]
[JsonDerivedType(typeof(PrepareEscrow), "prepare_escrow")]
[JsonDerivedType(typeof(CheckBeforeEscrow), "check_before_escrow")]
[JsonDerivedType(typeof(BroadcastEscrow), "broadcast_escrow")]
[JsonDerivedType(typeof(DoubleSpendEscrow), "double_spend_escrow")]
[JsonDerivedType(typeof(ReclaimEscrow), "reclaim_escrow")]
[JsonDerivedType(typeof(ReleaseEscrow), "release_escrow")]
[JsonDerivedType(typeof(CreateOracleEvent), "create_oracle_event")]
[JsonDerivedType(typeof(SubmitOracleEntries), "submit_oracle_entries")]
[JsonDerivedType(typeof(PrepareContract), "prepare_contract")]
[JsonDerivedType(typeof(ReleaseCoins), "release_coins")]
[JsonDerivedType(typeof(BarPlayer), "bar_player")]
[JsonDerivedType(typeof(AggregateNonces), "aggregate_nonces")]
[JsonDerivedType(typeof(SignOwnPart), "sign_own_part")]
[JsonDerivedType(typeof(AggregateSignatures), "aggregate_signatures")]
[JsonDerivedType(typeof(ProbeKeymeld), "probe_keymeld")]
[JsonDerivedType(typeof(RegisterSeat), "register_seat")]
[JsonDerivedType(typeof(CompleteKeygen), "complete_keygen")]
[JsonDerivedType(typeof(StartBatch), "start_batch")]
[JsonDerivedType(typeof(FinishBatch), "finish_batch")]
[JsonDerivedType(typeof(AssembleSignatures), "assemble_signatures")]
[JsonDerivedType(typeof(CheckBeforeFunding), "check_before_funding")]
[JsonDerivedType(typeof(BroadcastFunding), "broadcast_funding")]
[JsonDerivedType(typeof(BroadcastOutcome), "broadcast_outcome")]
[JsonDerivedType(typeof(BroadcastExpiry), "broadcast_expiry")]
[JsonDerivedType(typeof(BroadcastClose), "broadcast_close")]
[JsonDerivedType(typeof(BroadcastSplit), "broadcast_split")]
[JsonDerivedType(typeof(ReclaimOutcome), "reclaim_outcome")]
[JsonDerivedType(typeof(SweepShare), "sweep_share")]
[JsonDerivedType(typeof(PayWinner), "pay_winner")]
[JsonDerivedType(typeof(BumpFunding), "bump_funding")]
[JsonDerivedType(typeof(BumpOutcome), "bump_outcome")]
[JsonDerivedType(typeof(BumpExpiry), "bump_expiry")]
[JsonDerivedType(typeof(BumpSplit), "bump_split")]
[JsonDerivedType(typeof(BumpSweep), "bump_sweep")]
[JsonDerivedType(typeof(EndBumps), "end_bumps")]
public abstract record Effect
{
    /// <summary>verb/subject: equal keys are the same intent.</summary>
    [JsonIgnore]
    public abstract string Key { get; }
}

/// <summary>Look: find the invoice by hash. Act: add a hold invoice.</summary>
public sealed record IssueInvoice(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"issue_invoice/{Hash}";
}

/// <summary>Look: the invoice's state. Act: cancel it. Done when LND says CANCELED, or never had it.</summary>
public sealed record CancelInvoice(Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"cancel_invoice/{Hash}";
}

/// <summary>Cancels the ticket's invoice, sees it cancelled, then draws a new preimage.</summary>
public sealed record RotateTicket(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"rotate_ticket/{Hash}";
}

/// <summary>Look: the invoice's state. Act: reveal the preimage. The only place where a ticket preimage is opened before it is public.</summary>
public sealed record SettleInvoice(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"settle_invoice/{Hash}";
}

/// <summary>Look: the oracle's event by our id. Act: create it.</summary>
public sealed record CreateOracleEvent : Effect
{
    [JsonIgnore]
    public override string Key => "create_oracle_event";
}

/// <summary>Look: the event's entry ids. Act: add ours.</summary>
public sealed record SubmitOracleEntries : Effect
{
    [JsonIgnore]
    public override string Key => "submit_oracle_entries";
}

/// <summary>Chooses and reserves coins, builds the funding PSBT and the contract, stores both.</summary>
public sealed record PrepareContract : Effect
{
    [JsonIgnore]
    public override string Key => "prepare_contract";
}

/// <summary>Gives reserved coins back when nothing was ever broadcast.</summary>
public sealed record ReleaseCoins : Effect
{
    [JsonIgnore]
    public override string Key => "release_coins";
}

/// <summary>Gives a player no ticket for a while: their part was missing when a competition had to be signed (D10). Safe to repeat.</summary>
public sealed record BarPlayer(Guid Entry, XOnlyPublicKey Player) : Effect
{
    [JsonIgnore]
    public override string Key => $"bar_player/{Entry}";
}

/// <summary>Draws the coordinator's nonces in memory and aggregates all; the aggregate is stored before anything is signed.</summary>
public sealed record AggregateNonces(string Round) : Effect
{
    [JsonIgnore]
    public override string Key => $"aggregate_nonces/{Round}";
}

/// <summary>Signs the coordinator's part with the nonces in memory; where they are lost, a new round begins.</summary>
public sealed record SignOwnPart(string Round, Hash32 Aggregate) : Effect
{
    [JsonIgnore]
    public override string Key => $"sign_own_part/{Round}";
}

/// <summary>Aggregates and verifies all signatures; names who lied where that fails.</summary>
public sealed record AggregateSignatures(string Round) : Effect
{
    [JsonIgnore]
    public override string Key => $"aggregate_signatures/{Round}";
}

/// <summary>Looks at every invoice, the tip and the oracle once more, right before the funding intent.</summary>
public sealed record CheckBeforeFunding : Effect
{
    [JsonIgnore]
    public override string Key => "check_before_funding";
}

/// <summary>Look: the transaction by id. Act: finalise and send it.</summary>
public sealed record BroadcastFunding : Effect
{
    [JsonIgnore]
    public override string Key => "broadcast_funding";
}

/// <summary>Look: the spender of the funding output. Act: complete with the attestation and send.</summary>
public sealed record BroadcastOutcome(int Outcome) : Effect
{
    [JsonIgnore]
    public override string Key => $"broadcast_outcome/{Outcome}";
}

/// <summary>Look: the spender of the funding output. Act: send the expiry transaction.</summary>
public sealed record BroadcastExpiry : Effect
{
    [JsonIgnore]
    public override string Key => "broadcast_expiry";
}

/// <summary>Look: the spender of the outcome output. Act: sweep it with all winners' keys.</summary>
public sealed record BroadcastClose : Effect
{
    [JsonIgnore]
    public override string Key => "broadcast_close";
}

/// <summary>Look: the spender of the outcome output. Act: send the split through this sold winner's leaf.</summary>
public sealed record BroadcastSplit(int Winner) : Effect
{
    [JsonIgnore]
    public override string Key => "broadcast_split";
}

/// <summary>Look: the spender of the outcome output. Act: take it back; only where every winner's seat is unsold.</summary>
public sealed record ReclaimOutcome : Effect
{
    [JsonIgnore]
    public override string Key => "reclaim_outcome";
}

/// <summary>How one share of a split comes to the coordinator.</summary>
public enum ShareSweep
{
    /// <summary>Key path, with the winner's key.</summary>
    Close,

    /// <summary>With the payout preimage that a payment revealed.</summary>
    SellBack,

    /// <summary>After 2Δ, of an unsold seat or by release.</summary>
    Reclaim,
}

/// <summary>Look: the spender of the winner's split output. Act: sweep it.</summary>
public sealed record SweepShare(int Winner, ShareSweep Kind) : Effect
{
    [JsonIgnore]
    public override string Key => $"sweep_share/{Winner}/{Kind}";
}

/// <summary>Look: the payment by hash. Act: pay the winner's invoice.</summary>
public sealed record PayWinner(Guid Entry, Hash32 PaymentHash) : Effect
{
    [JsonIgnore]
    public override string Key => $"pay_winner/{PaymentHash}";
}
