using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>
/// A competition in one of its states. Transitions are pure. What a state wants done follows from the state alone, so a lost wake or a
/// crash costs time and nothing else.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "state")]
[JsonDerivedType(typeof(Created), "created")]
[JsonDerivedType(typeof(CollectingEntries), "collecting_entries")]
[JsonDerivedType(typeof(AwaitingEscrow), "awaiting_escrow")]
[JsonDerivedType(typeof(EscrowConfirmed), "escrow_confirmed")]
[JsonDerivedType(typeof(EventCreated), "event_created")]
[JsonDerivedType(typeof(EntriesSubmitted), "entries_submitted")]
[JsonDerivedType(typeof(ContractCreated), "contract_created")]
[JsonDerivedType(typeof(AwaitingSignatures), "awaiting_signatures")]
[JsonDerivedType(typeof(KeygenPending), "keygen_pending")]
[JsonDerivedType(typeof(RemoteSigning), "remote_signing")]
[JsonDerivedType(typeof(SigningComplete), "signing_complete")]
[JsonDerivedType(typeof(FundingBroadcasted), "funding_broadcasted")]
[JsonDerivedType(typeof(FundingConfirmed), "funding_confirmed")]
[JsonDerivedType(typeof(AwaitingAttestation), "awaiting_attestation")]
[JsonDerivedType(typeof(Attested), "attested")]
[JsonDerivedType(typeof(ExpiryBroadcasted), "expiry_broadcasted")]
[JsonDerivedType(typeof(OutcomeBroadcasted), "outcome_broadcasted")]
[JsonDerivedType(typeof(DeltaBroadcasted), "delta_broadcasted")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
public abstract record CompetitionState
{
    private protected CompetitionState(Header header) => Header = header;

    public Header Header { get; init; }

    /// <summary>The state's word on the wire (http-api §7.5).</summary>
    [JsonIgnore]
    public abstract string Wire { get; }

    /// <summary>What has to be done in the outside world while this state lasts, most urgent first.</summary>
    public abstract IEnumerable<Effect> Wants();

    /// <summary>The state after a fact; the same state where the fact says nothing new.</summary>
    public abstract CompetitionState Absorb(Fact fact);

    /// <summary>The next moment at which time alone changes something, or null.</summary>
    [JsonIgnore]
    public virtual DateTimeOffset? NextDeadline => null;

    /// <summary>True while the chain has to be watched for this competition.</summary>
    [JsonIgnore]
    public virtual bool WatchesChain => false;

    /// <summary>True while the oracle has to be asked for an attestation.</summary>
    [JsonIgnore]
    public virtual bool WatchesOracle => false;

    /// <summary>The state after a command, or a refusal. States refuse what they do not know.</summary>
    public virtual Verdict Decide(Command command) => command switch
    {
        SubmitEntry again when Header.Roster.Find(again.Ticket)?.Entry?.SameAs(again.Entry) == true => this,
        ReleaseHold release => HoldRules.Release(this, release),
        RequestTicket or SubmitEntry => Refusal.Conflict("entries_closed", "entries are closed for this competition"),
        SubmitNonces or SubmitPartials => Refusal.Conflict("contract_not_available", "Contract parameters not yet available"),
        SubmitEscrowSignature when !EscrowRules.IsUsed(Header) => Refusal.Conflict("no_escrow", "this competition is played without escrow"),
        SubmitEscrowSignature => Refusal.Conflict("contract_not_signed", $"escrows are signed into the pool once the contract is signed, not while the competition is {Wire}"),
        RequestPayout or HandOverKey => Refusal.Conflict("not_attested", "Competition results not yet attested"),
        Cancel => Refusal.Conflict("already_funded", $"a competition that is {Wire} cannot be cancelled"),
        _ => Refusal.Conflict("not_now", $"not while the competition is {Wire}"),
    };
}
