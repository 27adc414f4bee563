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

    /// <summary>The terms' grace never stands in for a player's signature on their escrow.</summary>
    private bool IsReady => Ready && EscrowRules.AllSigned(Header);

    private DateTimeOffset GraceEnds => SignedAt + Header.Terms.SignatureGrace;

    public override IEnumerable<Effect> Wants() => IsReady ? [new CheckBeforeFunding(), .. EscrowWants.Keeping(Header)] : EscrowWants.Keeping(Header);

    protected override CompetitionState AbsorbOwn(Fact fact) => fact switch
    {
        TimePassed time when time.At >= GraceEnds => this with { Ready = true },
        SignaturesFetched fetched when !Fetched.Contains(fetched.Entry) && Contract.Seats.Contains(fetched.Entry) => Add(fetched.Entry),
        FundingCleared cleared when IsReady => Fund(cleared),
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
        SubmitEscrowSignature submit => Sign(submit),
        SubmitNonces or SubmitPartials => Refusal.Conflict("already_signed", "the contract is signed"),
        _ => base.Decide(command),
    };

    /// <summary>Money rule 2, whoever says that it is kept: every seat held, far enough from its limit, before the signing deadline.</summary>
    private CompetitionState Fund(FundingCleared cleared)
        => cleared.At >= Header.Terms.SigningDeadline ? GiveUp(DeadlineReason, cleared.At)
            : EscrowRules.IsUsed(Header) ? EscrowRules.AllSafe(Header) && EscrowTimes.MayFund(Header, cleared.Tip) ? LiveRules.Begin(this, cleared) : this
            : Header.Roster.Tickets.All(ticket => ticket.Stage == TicketStage.Paid)
                && Header.Roster.EarliestHtlcExpiry is { } expiry && HoldTimes.MayFund(expiry, cleared.Tip, Header.Terms.SettlementDepth)
                ? LiveRules.Begin(this, cleared)
            : this;

    /// <summary>The first good signature stays: another one of the same key over the same transaction changes nothing.</summary>
    private Verdict Sign(SubmitEscrowSignature submit)
        => Header.Roster.FindEntry(submit.Entry) is not { } ticket || !submit.Player.Equals(ticket.Entry!.Player)
                ? Refusal.NotFound("entry_not_found", $"Entry {submit.Entry} not found")
            : ticket.Escrow is not { } escrow ? Refusal.Conflict("no_escrow", "this competition is played without escrow")
            : escrow.Signature is not null ? this
            : submit.At >= Header.Terms.SigningDeadline ? Refusal.Conflict("signing_over", DeadlineReason)
            : (this with { Header = EscrowRules.Sign(Header, ticket, submit.Signature) }).Add(submit.Entry);

    [JsonIgnore]
    protected override string DeadlineReason => Unsigned().ToList() is { Count: > 0 } missing
        ? $"the signing deadline has passed without the signature on the escrow of {string.Join(", ", missing.Select(ticket => ticket.Entry!.Id))}"
        : base.DeadlineReason;

    /// <summary>Who has not signed is to blame where there was half a window for it and somebody else's signature did come (D10).</summary>
    protected override Cancelled GiveUpAtDeadline(DateTimeOffset at)
    {
        var missing = Unsigned().ToList();
        var hadTime = at - SignedAt >= Header.Terms.SigningWindow / 2 && missing.Count < Header.Terms.Entries;
        return base.GiveUpAtDeadline(at) with
        {
            Culprits = [.. missing.Where(_ => hadTime).Select(ticket => new Culprit(ticket.Entry!.Id, ticket.Entry.Player))],
        };
    }

    private IEnumerable<Ticket> Unsigned() => Header.Roster.Tickets.Where(ticket => ticket.Escrow is { Signature: null });

    private SigningComplete Add(Guid entry)
    {
        if (Fetched.Contains(entry))
        {
            return this;
        }

        var fetched = Fetched.Add(entry);
        return this with { Fetched = fetched, Ready = Ready || fetched.Length == Contract.Seats.Length };
    }
}
