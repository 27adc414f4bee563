using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>The signed contract is on disk. Players take their signatures; then every invoice is looked at once more and the pool is funded.</summary>
/// <param name="Round">The local round that made the signatures; null where a remote service did.</param>
/// <param name="Fetched">Entries whose players have their signatures.</param>
/// <param name="Ready">Every player has them, or the terms' grace is over.</param>
public sealed record SigningComplete(
    Header Header, ContractRef Contract, SigningRound? Round, Hash32 Signed, DateTimeOffset SignedAt, ImmutableArray<Guid> Fetched, bool Ready)
    : Gathering(Header)
{
    [JsonIgnore]
    public override string Wire => "signing_complete";

    [JsonIgnore]
    public override bool WatchesOracle => true;

    protected override bool HoldsCoins => true;

    [JsonIgnore]
    protected override bool HasContract => true;

    [JsonIgnore]
    public override DateTimeOffset? NextDeadline => IsHeld ? null : !Ready && GraceEnds < Header.Terms.SigningDeadline ? GraceEnds : Header.Terms.SigningDeadline;

    private DateTimeOffset GraceEnds => SignedAt + Header.Terms.SignatureGrace;

    public override IEnumerable<Effect> Wants() => Ready ? [new CheckBeforeFunding()] : [];

    protected override CompetitionState AbsorbOwn(Fact fact) => fact switch
    {
        TimePassed time when time.At >= GraceEnds => this with { Ready = true },
        SignaturesFetched fetched when !Fetched.Contains(fetched.Entry) && Contract.Seats.Contains(fetched.Entry) => Add(fetched.Entry),
        FundingCleared cleared when Ready => Fund(cleared),
        _ => this,
    };

    protected override CompetitionState AbsorbFunding(ChainSeen seen)
    {
        var cleared = new FundingCleared(seen.Chain.Tip, seen.At);
        return LiveRules.Begin(this with { Header = HoldRules.Explain(Header, HoldKind.FoundFunding, Funding) }, cleared).Absorb(seen);
    }

    public override Verdict Decide(Command command) => command switch
    {
        SubmitPartials again when Round?.Part(again.Entry)?.Partials is { } present && present == again.Partials => this,
        SubmitNonces or SubmitPartials => Refusal.Conflict("already_signed", "the contract is signed"),
        _ => base.Decide(command),
    };

    /// <summary>Money rule 2, whoever says that it is kept: every seat held, far enough from its limit, before the signing deadline.</summary>
    private CompetitionState Fund(FundingCleared cleared)
        => cleared.At >= Header.Terms.SigningDeadline ? GiveUp(DeadlineReason, cleared.At)
            : Header.Roster.Tickets.All(ticket => ticket.Stage == TicketStage.Paid)
                && Header.Roster.EarliestHtlcExpiry is { } expiry && HoldTimes.MayFund(expiry, cleared.Tip, Header.Terms.SettlementDepth)
                ? LiveRules.Begin(this, cleared)
            : this;

    private SigningComplete Add(Guid entry)
    {
        var fetched = Fetched.Add(entry);
        return this with { Fetched = fetched, Ready = Ready || fetched.Length == Contract.Seats.Length };
    }
}
