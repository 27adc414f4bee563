using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Everything before the funding broadcast: whatever goes wrong here cancels every invoice and costs nobody anything.</summary>
public abstract record Gathering : CompetitionState
{
    /// <summary>What a hold about the funding transaction is about.</summary>
    private protected const string Funding = "funding";

    private protected Gathering(Header header)
        : base(header)
    {
    }

    /// <summary>Whether coins of the wallet are reserved for the funding transaction.</summary>
    [JsonIgnore]
    protected virtual bool HoldsCoins => false;

    /// <summary>Whether a funding transaction exists that could be seen on the chain.</summary>
    [JsonIgnore]
    protected virtual bool HasContract => false;

    [JsonIgnore]
    private protected bool IsHeld => HoldRules.IsOpen(Header, HoldKind.FoundFunding, Funding);

    /// <summary>Why the signing deadline ends this state; signing names who is to blame (D10).</summary>
    [JsonIgnore]
    protected virtual string DeadlineReason => "the signing deadline has passed";

    [JsonIgnore]
    public override DateTimeOffset? NextDeadline => IsHeld ? null : Header.Terms.SigningDeadline;

    [JsonIgnore]
    public override bool WatchesChain => true;

    public override CompetitionState Absorb(Fact fact) => fact switch
    {
        HoldFact hold => HoldRules.Absorb(this, hold),
        ChainSeen { Chain.FundingSeen: true } seen when HasContract && !HoldRules.IsReleased(Header, HoldKind.FoundFunding, Funding) => AbsorbFunding(seen),
        _ when IsHeld => AbsorbHeld(fact),
        TimePassed time when time.At >= Header.Terms.SigningDeadline => GiveUpAtDeadline(time.At),
        AttestationSeen seen => GiveUp("the oracle attested before the pool was funded", seen.At),
        OracleRefused refused => GiveUp($"the oracle refused: {refused.Detail}", refused.At),
        ContractImpossible impossible => GiveUp(impossible.Detail, impossible.At),
        ChainSeen seen when TooLate(seen.Chain.Tip) => GiveUp(TooLateReason, seen.At),
        EscrowsSeen seen => AbsorbEscrows(seen),
        InvoiceSeen { Status: InvoiceStatus.Settled } seen when Header.Roster.FindHash(seen.Hash) is { Escrow: not { MayBeOut: true } }
            => GiveUp(SeatRules.Absorb(Header, seen), "a payment was taken before the pool was funded: a refund is owed", seen.At),
        InvoiceSeen seen => AbsorbInvoice(seen),
        RemoteFact remote => AbsorbRemote(remote),
        Noticed noticed => Header.Noted(noticed) is var noted && ReferenceEquals(noted, Header) ? this : this with { Header = noted },
        _ => AbsorbOwn(fact),
    };

    public override Verdict Decide(Command command) => command switch
    {
        Cancel cancel => GiveUp(cancel.Reason, cancel.At),
        _ => base.Decide(command),
    };

    /// <summary>A key that the signing service will never take ends a competition whose entries are closed: its seat cannot be sold again.</summary>
    protected virtual CompetitionState AbsorbRefusal(SeatRefused refused, Ticket ticket)
        => GiveUp($"the signing service refused the key of entry {refused.Entry}: {refused.Detail}", refused.At);

    private CompetitionState AbsorbRemote(RemoteFact fact)
    {
        if (RemoteRules.Ending(Header, fact) is { } reason)
        {
            return GiveUp(reason, fact.At);
        }

        if (fact is SeatRefused refused)
        {
            return Header.Keymeld?.Id == refused.Session && Header.Roster.FindEntry(refused.Entry) is { Complete: true } ticket
                ? AbsorbRefusal(refused, ticket)
                : this;
        }

        var header = RemoteRules.Absorb(Header, fact);
        var known = ReferenceEquals(header, Header) ? this : this with { Header = header };
        return known.AbsorbOwn(fact);
    }

    /// <summary>The funding transaction is out, although nothing here says so: the books are older than the chain, which outranks them (D41). Nothing
    /// is given up any more; signing goes on, and a signed contract takes the funding for its own.</summary>
    protected virtual CompetitionState AbsorbFunding(ChainSeen seen) => HoldRules.Absorb(this, new HoldRaised(
        HoldKind.FoundFunding, Funding, "the funding transaction is on the chain, and the journal does not hold the signatures of its contract", seen.At));

    /// <summary>While the pool may be out, LND's final words are taken down, and nothing else ends.</summary>
    private CompetitionState AbsorbHeld(Fact fact) => fact switch
    {
        InvoiceSeen { Status: InvoiceStatus.Settled } seen => this with { Header = SeatRules.Absorb(Header, seen) },
        InvoiceSeen or TimePassed or ChainSeen or EscrowsSeen or AttestationSeen or OracleRefused or ContractImpossible => this,
        RemoteFact remote => RemoteRules.Ending(Header, remote) is null && remote is not SeatRefused ? AbsorbRemote(remote) : this,
        _ => AbsorbOwn(fact),
    };

    /// <summary>The state's own part of <see cref="Absorb"/>.</summary>
    protected abstract CompetitionState AbsorbOwn(Fact fact);

    /// <summary>A held payment that is lost after entries closed ends the competition.</summary>
    protected virtual CompetitionState AbsorbInvoice(InvoiceSeen seen)
    {
        if (seen.Status == InvoiceStatus.Canceled && Header.Roster.FindHash(seen.Hash) is { } lost)
        {
            return GiveUp(Header.With(lost with { Stage = TicketStage.Canceled }), "a held payment was lost", seen.At);
        }

        var after = SeatRules.Absorb(Header, seen);
        return after.Roster.Complete ? this with { Header = after } : GiveUp(after, "a held payment was lost", seen.At);
    }

    /// <summary>What the chain shows of the escrows. One that is spent or replaced for good ends the competition.</summary>
    protected virtual CompetitionState AbsorbEscrows(EscrowsSeen seen)
    {
        var header = EscrowRules.Absorb(Header, seen);
        return EscrowRules.Ending(header) is { } reason ? GiveUp(header, reason, seen.At)
            : ReferenceEquals(header, Header) ? this
            : this with { Header = header };
    }

    /// <summary>The end by the signing deadline.</summary>
    protected virtual Cancelled GiveUpAtDeadline(DateTimeOffset at) => GiveUp(DeadlineReason, at);

    protected Cancelled GiveUp(string reason, DateTimeOffset at) => GiveUp(Header, reason, at);

    private Cancelled GiveUp(Header header, string reason, DateTimeOffset at)
        => new(HoldRules.WithRefunds(header.Stamped("cancelled_at", at), at), reason, HoldsCoins);

    private string TooLateReason => EscrowRules.IsUsed(Header) && Header.Roster.EarliestHtlcExpiry is null
        ? "escrows come too near the time from which their players could take them back alone"
        : "held payments come too near their expiry";

    /// <summary>Whether what is held, payments or escrows, could be taken away before the pool is deep enough.</summary>
    protected virtual bool TooLate(int tip) => EscrowRules.IsUsed(Header)
        ? EscrowTimes.RefundOpensAt(Header) is not null && !EscrowTimes.MayFund(Header, tip)
        : Header.Roster.EarliestHtlcExpiry is { } expiry && Header.Roster.Complete && !HoldTimes.MayFund(expiry, tip, Header.Terms.SettlementDepth);
}
