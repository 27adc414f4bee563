namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class SeatTests
{
    [Fact]
    public void One_player_holds_no_more_seats_than_the_terms_allow()
    {
        var played = Played.New(Given.Terms(4) with { EntriesPerPlayer = 2 });
        Guid Buy(string key)
        {
            played.Ask(new RequestTicket(Given.Player(0), Given.Key(key), played.NewId(), played.Now));
            var ticket = played.Roster.Tickets.Single(each => Given.Key(key).Equals(each.BtcKey));
            played.Learn(new InvoiceIssued(ticket.Id, ticket.Hash, $"lnbcrt {key}", played.Now));
            played.Ask(new SubmitEntry(ticket.Id, Given.Entry(0, ticket.OfferedEntryId!.Value, played.Now) with { Key = Given.Key(key), PayoutHash = Given.Hash(key) }, played.Now));
            played.Learn(new InvoiceSeen(ticket.Hash, InvoiceStatus.Accepted, Given.Tip + 400, played.Terms.Price.ToMillisatoshis().Value, played.Now));
            return ticket.Id;
        }

        Assert.NotEqual(Buy("one"), Buy("two"));
        var third = new RequestTicket(Given.Player(0), Given.Key("three"), played.NewId(), played.Now);
        Assert.Equal("too_many_entries", played.Refused(third).Code);
        played.Sell(1);
    }

    [Fact]
    public void A_free_seat_is_reserved_for_ten_minutes_and_asks_for_an_invoice()
    {
        var played = Played.New();
        played.Ask(new RequestTicket(Given.Player(0), Given.DlcKey(0), played.NewId(), played.Now));
        var ticket = played.TicketOf(0);
        Assert.Equal((TicketStage.Reserved, played.Now.AddMinutes(10)), (ticket.Stage, ticket.ReservedUntil));
        Assert.Equal(new IssueInvoice(ticket.Id, ticket.Hash), Assert.Single(played.Wants));
        Assert.Equal(ticket.ReservedUntil, played.State.NextDeadline);
        played.Learn(new InvoiceIssued(ticket.Id, ticket.Hash, "lnbcrt1", played.Now));
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_reservation_never_outlives_the_close_of_entries()
    {
        var played = Played.New();
        played.Wait(played.Terms.Close - played.Now - TimeSpan.FromMinutes(3)).Reserve(0);
        Assert.Equal(played.Terms.Close, played.TicketOf(0).ReservedUntil);
    }

    [Fact]
    public void Asking_again_gives_the_same_seat_with_the_new_key()
    {
        var played = Played.New().Reserve(0);
        var before = played.TicketOf(0);
        played.Wait(TimeSpan.FromMinutes(5)).Ask(new RequestTicket(Given.Player(0), Given.Key("fresh"), played.NewId(), played.Now));
        Assert.Equal(before with { BtcKey = Given.Key("fresh") }, played.TicketOf(0));
    }

    [Fact]
    public void Asking_again_after_the_draft_gives_the_same_unpaid_seat()
    {
        var played = Played.New().Reserve(0).Enter(0);
        var before = Documents.Write(played.State);
        played.Ask(new RequestTicket(Given.Player(0), Given.DlcKey(0), played.NewId(), played.Now));
        Assert.Equal(before, Documents.Write(played.State));
    }

    [Fact]
    public void A_lapsed_seat_is_given_to_someone_else_only_under_a_new_hash_after_its_invoice_is_seen_cancelled()
    {
        var played = Played.New().Reserve(0);
        var old = played.TicketOf(0);
        played.Wait(TimeSpan.FromMinutes(10)).Learn(new TimePassed(played.Now));
        Assert.Equal(new RotateTicket(old.Id, old.Hash), Assert.Single(played.Wants));
        played.Learn(new TicketRotated(old.Id, old.Hash, Given.Hash("rotated"), "sealed again", played.Now));
        Assert.Equal(new Ticket(old.Id, Given.Hash("rotated"), "sealed again"), played.Roster.Find(old.Id));
        Assert.Contains(old.Hash, played.Roster.RetiredHashes);
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_payment_for_a_retired_hash_is_credited_to_nobody()
    {
        var played = Played.New().Reserve(0);
        var old = played.TicketOf(0);
        played.Wait(TimeSpan.FromMinutes(10)).Learn(new TimePassed(played.Now), new TicketRotated(old.Id, old.Hash, Given.Hash("rotated"), "s", played.Now));
        var before = Documents.Write(played.State);
        played.Learn(new InvoiceSeen(old.Hash, InvoiceStatus.Accepted, 2_000, long.MaxValue, played.Now));
        Assert.Equal(before, Documents.Write(played.State));
    }

    [Fact]
    public void A_rotation_counts_once_and_only_for_the_hash_it_was_made_for()
    {
        var played = Played.New().Reserve(0);
        var old = played.TicketOf(0);
        var rotated = new TicketRotated(old.Id, old.Hash, Given.Hash("rotated"), "s", played.Now);
        Assert.Same(played.State, played.State.Absorb(rotated));
        played.Wait(TimeSpan.FromMinutes(10)).Learn(new TimePassed(played.Now), rotated);
        Assert.Same(played.State, played.State.Absorb(rotated with { NewHash = Given.Hash("another") }));
    }

    [Theory]
    [InlineData("too little")]
    [InlineData("no expiry")]
    [InlineData("after the close")]
    public void A_payment_that_cannot_be_used_is_given_back(string why)
    {
        var played = Played.New().Reserve(0).Enter(0);
        var seen = played.Seen(0, InvoiceStatus.Accepted);
        var ticket = played.TicketOf(0);
        played.Learn(why switch
        {
            "too little" => seen with { ReceivedMsat = seen.ReceivedMsat - 1 },
            "no expiry" => seen with { HtlcExpiry = null },
            _ => seen with { At = played.Terms.Close },
        });
        Assert.Equal(TicketStage.Rotating, played.TicketOf(0).Stage);
        Assert.Equal(new RotateTicket(ticket.Id, ticket.Hash), Assert.Single(played.Wants));
    }

    [Fact]
    public void What_was_overpaid_is_kept_in_the_books()
    {
        var played = Played.New().Reserve(0).Enter(0);
        var more = played.Terms.Price.ToMillisatoshis().Value + 5_000;
        played.Learn(played.Seen(0, InvoiceStatus.Accepted, msat: more));
        Assert.Equal((TicketStage.Paid, more), (played.TicketOf(0).Stage, played.TicketOf(0).ReceivedMsat));
        Assert.IsType<CollectingEntries>(played.State);
    }

    [Fact]
    public void The_order_pay_then_enter_works_too_and_a_paid_seat_waits_fifteen_minutes_for_its_entry()
    {
        var played = Played.New().Reserve(0).Pay(0);
        Assert.IsType<Created>(played.State);
        Assert.IsType<CollectingEntries>(Played.New().Reserve(0).Pay(0).Enter(0).State);
        Assert.Equal(played.Now.AddMinutes(15), played.State.NextDeadline);
        played.Learn(new TimePassed(played.Now.AddMinutes(15).AddTicks(-1)));
        Assert.Equal(TicketStage.Paid, played.TicketOf(0).Stage);
        played.Learn(new TimePassed(played.Now.AddMinutes(15)));
        Assert.Equal(TicketStage.Rotating, played.TicketOf(0).Stage);
    }

    [Fact]
    public void A_paid_seat_that_lnd_cancels_is_lost_and_rotated()
    {
        var played = Played.New().Sell(0);
        played.Learn(played.Seen(0, InvoiceStatus.Canceled));
        Assert.IsType<Created>(played.State);
        Assert.Equal(TicketStage.Rotating, played.TicketOf(0).Stage);
    }

    [Fact]
    public void A_full_house_and_a_house_without_a_free_seat_are_refused_by_name()
    {
        var played = Played.New().Reserve(0).Reserve(1).Reserve(2);
        Assert.Equal("no_ticket", played.Refused(new RequestTicket(Given.Player(3), Given.DlcKey(3), played.NewId(), played.Now)).Code);
        Assert.Equal("entries_closed", played.Refused(new RequestTicket(Given.Player(3), Given.DlcKey(3), played.NewId(), played.Terms.Close)).Code);
        var full = Playbook.EscrowConfirmed();
        Assert.Equal("entries_closed", full.Refused(new RequestTicket(Given.Player(3), Given.DlcKey(3), full.NewId(), full.Now)).Code);
    }

    [Fact]
    public void The_coordinators_key_and_a_key_that_was_used_are_refused_whatever_their_parity()
    {
        var played = Played.New().Sell(0);
        using var negated = Given.Secret("dlc 0").Negate();
        foreach (var key in new[] { Given.Key("market maker"), Given.DlcKey(0), negated.PublicKey })
        {
            Assert.Equal("key_in_use", played.Refused(new RequestTicket(Given.Player(1), key, played.NewId(), played.Now)).Code);
        }
    }

    [Fact]
    public void Close_without_all_seats_cancels_every_invoice()
    {
        var played = Played.New().Sell(0).Reserve(1);
        var hashes = new[] { played.TicketOf(0).Hash, played.TicketOf(1).Hash };
        played.Learn(new TimePassed(played.Terms.Close));
        var cancelled = Assert.IsType<Cancelled>(played.State);
        Assert.Equal(hashes.Order(), played.Wants.Cast<CancelInvoice>().Select(effect => effect.Hash).Order());
        played.Learn([.. hashes.Select(hash => new InvoiceSeen(hash, InvoiceStatus.Canceled, null, 0, played.Now))]);
        Assert.Empty(played.Wants);
        Assert.Empty(((Cancelled)played.State).Owed);
        Assert.NotNull(cancelled.Header.StampOf("cancelled_at"));
    }

    [Fact]
    public void A_payment_that_lnd_settles_before_funding_ends_the_competition_and_is_owed()
    {
        foreach (var play in new Func<Played>[] { Playbook.CollectingEntries, () => Playbook.EscrowConfirmed(), () => Playbook.ReadyToFund() })
        {
            var played = play();
            played.Learn(played.Seen(0, InvoiceStatus.Settled));
            var cancelled = Assert.IsType<Cancelled>(played.State);
            Assert.Equal(played.TicketOf(0).Id, Assert.Single(cancelled.Owed).Id);
            Assert.DoesNotContain(played.Wants, effect => effect is SettleInvoice || (effect is CancelInvoice cancel && cancel.Hash == played.TicketOf(0).Hash));
        }
    }
}
