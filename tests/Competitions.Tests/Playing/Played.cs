namespace Coordinator.Competitions.Tests;

/// <summary>A competition in play. It reaches its states as the real one does: by facts and commands, one after the other.</summary>
internal sealed class Played(CompetitionState state, DateTimeOffset now)
{
    private readonly SplitMix _mix = new(99);

    public CompetitionState State { get; private set; } = state;

    public DateTimeOffset Now { get; private set; } = now;

    public Header Header => State.Header;

    public Roster Roster => State.Header.Roster;

    public CompetitionTerms Terms => State.Header.Terms;

    public Live Live => ((LiveState)State).Live;

    public ChainView Chain => State is LiveState live ? live.Live.Chain : ChainView.Empty with { Tip = Given.Tip };

    public IEnumerable<Effect> Wants => State.Wants();

    public static Played New(CompetitionTerms? terms = null, ulong seed = 1) => new(Given.Competition(terms, seed), Given.Start.AddMinutes(1));

    public Played Wait(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public Played Learn(params Fact[] facts)
    {
        foreach (var fact in facts)
        {
            State = State.Absorb(fact);
        }

        return this;
    }

    public Played Ask(Command command)
    {
        var verdict = State.Decide(command);
        Assert.True(verdict.Refusal is null, verdict.Refusal?.ToString());
        State = verdict.Next!;
        return this;
    }

    /// <summary>As if it had been created with other terms.</summary>
    public Played Amend(Func<CompetitionTerms, CompetitionTerms> change)
    {
        State = State with { Header = Header with { Terms = change(Terms) } };
        return this;
    }

    /// <summary>The refusal of a command that has to be refused.</summary>
    public Refusal Refused(Command command)
    {
        var verdict = State.Decide(command);
        Assert.True(verdict.Refusal is not null, $"{command.GetType().Name} was carried out");
        Assert.Null(verdict.Next);
        return verdict.Refusal!;
    }

    public Guid NewId() => Given.Uuid7(Now, _mix);

    public Ticket TicketOf(int player) => Roster.Tickets.Single(ticket => Given.Player(player).Equals(ticket.Holder));

    public Entry EntryOf(int player) => TicketOf(player).Entry!;

    /// <summary>Index of a player's entry in the contract.</summary>
    public int IndexOf(int player) => ContractPlan.Seats(Roster).IndexOf(EntryOf(player).Id);

    public Played Reserve(int player)
    {
        Ask(new RequestTicket(Given.Player(player), Given.DlcKey(player), NewId(), Now));
        var ticket = TicketOf(player);
        if (Terms.Escrow is not null)
        {
            Learn(new EscrowPrepared(ticket.Id, ticket.Hash, Given.Escrow(player, Terms), Now));
        }

        return Learn(new InvoiceIssued(ticket.Id, ticket.Hash, $"lnbcrt{player}", Now));
    }

    public Played Enter(int player) => Ask(new SubmitEntry(TicketOf(player).Id, Draft(player), Now));

    /// <summary>An entry as this competition takes it.</summary>
    public Entry Draft(int player) => Given.Entry(player, TicketOf(player).OfferedEntryId!.Value, Now) with
    {
        RemoteSigning = Header.Keymeld is null ? null : Given.Registration(player),
    };

    public KeymeldSession Keymeld => Header.Keymeld!;

    /// <summary>The service has taken the key of a player's entry.</summary>
    public Played Register(int player, int epoch = 1)
        => Learn(new SeatRegistered(Keymeld.Id, TicketOf(player).Id, EntryOf(player).Id, epoch, Now));

    public RemoteBatch Batch(int index) => ((RemoteSigning)State).Batches[index];

    public Played SignBatch(int index) => Learn(
        new BatchPosted(Keymeld.Id, Batch(index).Session, Now), new BatchSigned(Keymeld.Id, Batch(index).Session, Given.Hash($"batch {index}"), Now));

    public InvoiceSeen Seen(int player, InvoiceStatus status, int? expiry = Given.Tip + 400, long? msat = null) => new(
        TicketOf(player).Hash, status, status == InvoiceStatus.Accepted ? expiry : null, msat ?? Terms.Price.ToMillisatoshis().Value, Now);

    public Played Pay(int player) => Learn(Seen(player, InvoiceStatus.Accepted));

    public Played Sell(int player) => Reserve(player).Enter(player).Pay(player);

    public Played SellAll()
    {
        for (var player = 0; player < Terms.Entries; player++)
        {
            Sell(player);
        }

        return this;
    }

    public string RoundId => ((Signing)State).Round.Id;

    public Played SendNonces(int player, string nonces = "nonces", string? round = null) => Ask(
        new SubmitNonces(Given.Player(player), EntryOf(player).Id, round, Given.Hash($"{nonces} {player}"), $"forced by {player}", Now));

    public Played SendPartials(int player, string partials = "partials", string? round = null) => Ask(
        new SubmitPartials(Given.Player(player), EntryOf(player).Id, round, Given.Hash($"{partials} {player}"), Now));

    public IEnumerable<int> Players => Enumerable.Range(0, Terms.Entries);

    public Played All(Func<Played, int, Played> act)
    {
        foreach (var player in Players.ToList())
        {
            act(this, player);
        }

        return this;
    }

    public Played See(ChainView chain) => Learn(new ChainSeen(chain, Now));

    public Played Mine(int tip) => See(Chain with { Tip = tip });
}
