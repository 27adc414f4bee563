using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Terms are accepted and tickets made; nobody has entered.</summary>
public sealed record Created(Header Header) : Open(Header);

/// <summary>At least one seat is paid for and has its entry.</summary>
public sealed record CollectingEntries(Header Header) : Open(Header);

/// <summary>Seats are sold and entries taken until the close.</summary>
public abstract record Open : Gathering
{
    private protected Open(Header header)
        : base(header)
    {
    }

    [JsonIgnore]
    public override string Wire => "created";

    [JsonIgnore]
    public override bool WatchesChain => Header.Roster.Tickets.Any(ticket => ticket.Unresolved);

    [JsonIgnore]
    public override DateTimeOffset? NextDeadline => SeatRules.NextLapse(Header) is { } lapse && lapse < Header.Terms.Close ? lapse : Header.Terms.Close;

    public override IEnumerable<Effect> Wants() => Header.Roster.Tickets.SelectMany(ticket => ticket.Stage switch
    {
        TicketStage.Rotating => new Effect[] { new RotateTicket(ticket.Id, ticket.Hash) },
        TicketStage.Reserved when EscrowWants.OfReserved(Header, ticket) is { } wanted => [wanted],
        _ => [],
    }).Concat(RemoteRules.Wants(Header));

    public override CompetitionState Absorb(Fact fact) => fact is TimePassed time && time.At >= Header.Terms.Close && !Header.Roster.Complete
        ? GiveUp("entries closed before every seat was sold", time.At)
        : base.Absorb(fact);

    protected override CompetitionState AbsorbOwn(Fact fact) => fact switch
    {
        TimePassed time => Next(SeatRules.Lapse(Header, time.At), time.At),
        EscrowPrepared prepared => Next(EscrowRules.Absorb(Header, prepared), prepared.At),
        InvoiceIssued issued => Next(Issued(issued), issued.At),
        TicketHashUsed used => Next(SeatRules.Spend(Header, used), used.At),
        TicketRotated rotated => Next(SeatRules.Rotate(Header, rotated), rotated.At),
        _ => this,
    };

    /// <summary>A seat whose payment is lost is sold again, unless its key is registered already: the signing service takes no second one.</summary>
    protected override CompetitionState AbsorbInvoice(InvoiceSeen seen)
        => seen.Status == InvoiceStatus.Canceled && Header.Roster.FindHash(seen.Hash) is { } lost && Header.Keymeld?.IsRegistered(lost.Id) == true
            ? base.AbsorbInvoice(seen)
            : Next(SeatRules.Absorb(Header, seen), seen.At);

    protected override CompetitionState AbsorbRefusal(SeatRefused refused, Ticket ticket)
        => Next(Header.With(ticket with { Stage = TicketStage.Rotating }), refused.At);

    public override Verdict Decide(Command command) => command switch
    {
        RequestTicket request => Take(SeatRules.Reserve(Header, request), request.At),
        SubmitEntry submit => Take(SeatRules.Enter(Header, submit), submit.At),
        _ => base.Decide(command),
    };

    private Verdict Take((Header? Next, Refusal? Refusal) result, DateTimeOffset at)
        => result.Next is { } next ? Next(next, at) : result.Refusal!;

    private Header Issued(InvoiceIssued issued)
        => Header.Roster.Find(issued.Ticket) is { Stage: TicketStage.Reserved } ticket && ticket.Hash == issued.Hash && ticket.PaymentRequest is null
            ? Header.With(ticket with { PaymentRequest = issued.PaymentRequest })
            : Header;

    private CompetitionState Next(Header header, DateTimeOffset at)
    {
        if (header == Header)
        {
            return this;
        }

        if (header.Roster.Complete)
        {
            return EscrowRules.IsUsed(header) ? new AwaitingEscrow(header, null) : new EscrowConfirmed(header.Stamped("escrow_funds_confirmed_at", at));
        }

        return header.Roster.Entries.Any() ? new CollectingEntries(header) : new Created(header);
    }
}
