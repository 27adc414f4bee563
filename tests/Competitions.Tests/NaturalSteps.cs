using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>What would happen next if everybody did their part: carries lives far enough for the absurd to matter.</summary>
internal static class NaturalSteps
{
    /// <summary>The fact or the command that comes next; null where nothing does.</summary>
    public static object? Next(Played played, SplitMix mix)
    {
        var wants = played.Wants.ToList();
        return (wants.Count > 0 ? Done(played, mix.OneOf(wants)) : null) ?? played.State switch
        {
            Open => Seat(played),
            ContractCreated or AwaitingSignatures => Signature(played),
            SigningComplete { Ready: false } signed => signed.Contract.Seats.Where(entry => !signed.Fetched.Contains(entry))
                .Select(entry => new SignaturesFetched(entry, played.Now)).FirstOrDefault(),
            _ => null,
        };
    }

    private static Fact? Done(Played played, Effect effect) => effect switch
    {
        IssueInvoice issue => new InvoiceIssued(issue.Ticket, issue.Hash, "lnbcrt1", played.Now),
        RotateTicket rotate => new TicketRotated(rotate.Ticket, rotate.Hash, Hash32.Of(rotate.Hash.Bytes), "sealed", played.Now),
        CreateOracleEvent => new OracleEventReady(Given.Hash("announcement"), played.Now),
        SubmitOracleEntries => new OracleEntriesAccepted(played.Now),
        PrepareContract => new ContractPrepared(Given.Contract(played.Roster), "round 1", played.Now),
        AggregateNonces aggregate => new NoncesAggregated(aggregate.Round, Given.Hash("aggregate"), played.Now),
        SignOwnPart own => new OwnPartSigned(own.Round, Given.Hash("own"), played.Now),
        AggregateSignatures all => new ContractSigned(all.Round, Given.Hash("signed"), played.Now),
        ProbeKeymeld probe => new KeymeldProbed(probe.Session, true, "as it should be", played.Now),
        RegisterSeat seat => new SeatRegistered(seat.Session, seat.User, played.Roster.Find(seat.User)?.Entry?.Id, 1, played.Now),
        CompleteKeygen keygen => new KeygenChecked(keygen.Session, [played.NewId(), played.NewId()], played.Now),
        StartBatch start => new BatchPosted(played.Keymeld.Id, start.Batch, played.Now),
        FinishBatch finish => new BatchSigned(played.Keymeld.Id, finish.Batch, Given.Hash($"batch {finish.Index}"), played.Now),
        AssembleSignatures => new ContractSigned(RemoteSigning.Round, Given.Hash("signed"), played.Now),
        CheckBeforeFunding => new FundingCleared(Given.Tip, played.Now),
        _ => null,
    };

    private static object? Seat(Played played)
    {
        var player = played.Players.FirstOrDefault(each => !played.Roster.Tickets.Any(ticket => Given.Player(each).Equals(ticket.Holder)), -1);
        return played.Roster.Tickets.FirstOrDefault(ticket => !ticket.Complete) switch
        {
            { Stage: TicketStage.Free } when player >= 0 => new RequestTicket(
                Given.Player(player), Given.Key($"dlc {player} {played.Roster.UsedKeys.Length}"), played.NewId(), played.Now),
            { Stage: TicketStage.Reserved or TicketStage.Paid, Entry: null, BtcKey: { } key, Holder: { } holder } ticket => new SubmitEntry(
                ticket.Id,
                Given.Entry(0, ticket.OfferedEntryId!.Value, played.Now) with
                {
                    Player = holder,
                    Key = key,
                    PayoutHash = Given.Hash($"payout {key}"),
                    RemoteSigning = played.Header.Keymeld is null ? null : Given.Registration(0),
                },
                played.Now),
            { Stage: TicketStage.Reserved } ticket => new InvoiceSeen(
                ticket.Hash, InvoiceStatus.Accepted, Given.Tip + 400, played.Terms.Price.ToMillisatoshis().Value, played.Now),
            _ => null,
        };
    }

    private static Command? Signature(Played played)
    {
        var round = ((Signing)played.State).Round;
        return played.Roster.Tickets.Select(ticket => ticket.Entry!).Select(entry => round.Part(entry.Id) switch
        {
            null => new SubmitNonces(entry.Player, entry.Id, round.Id, Given.Hash($"nonces {round.Id} {entry.Id}"), "unused", played.Now),
            { Partials: null } when played.State is AwaitingSignatures => (Command)new SubmitPartials(
                entry.Player, entry.Id, round.Id, Given.Hash($"partials {entry.Id}"), played.Now),
            _ => null,
        }).FirstOrDefault(command => command is not null);
    }
}
