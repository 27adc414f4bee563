using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Everything from the funding broadcast on. Facts change what is known; the state follows from it.</summary>
public abstract record LiveState : CompetitionState
{
    private protected LiveState(Header header, Live live)
        : base(header) => Live = live;

    public Live Live { get; init; }

    [JsonIgnore]
    public override bool WatchesChain => true;

    [JsonIgnore]
    public override bool WatchesOracle => Live.Attestation is null && Live.Decided is null;

    public override IEnumerable<Effect> Wants() => LiveWants.Of(Header, Live);

    public override CompetitionState Absorb(Fact fact) => LiveRules.Absorb(this, fact);

    public override Verdict Decide(Command command) => command switch
    {
        RequestPayout request => PayoutRules.Request(this, request),
        HandOverKey hand => PayoutRules.HandOver(this, hand),
        ReleaseShare release => PayoutRules.Release(this, release),
        SubmitEscrowSignature again when Header.Roster.FindEntry(again.Entry) is { Escrow.Signature: not null } ticket && again.Player.Equals(ticket.Entry!.Player) => this,
        SubmitNonces or SubmitPartials => Refusal.Conflict("already_signed", "the contract is signed and funded"),
        _ => base.Decide(command),
    };
}
