namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class EntryTests
{
    [Fact]
    public void The_same_entry_again_is_the_same_answer_and_another_one_is_refused()
    {
        var played = Played.New().Reserve(0).Enter(0);
        var entry = played.EntryOf(0);
        Assert.Same(played.State, played.State.Decide(new SubmitEntry(played.TicketOf(0).Id, entry with { At = played.Now.AddMinutes(1) }, played.Now)).Next);
        var other = entry with { PayoutHash = Given.Hash("other") };
        Assert.Equal("ticket_used", played.Refused(new SubmitEntry(played.TicketOf(0).Id, other, played.Now)).Code);
    }

    [Fact]
    public void A_draft_counts_only_when_its_ticket_is_paid()
    {
        var played = Played.New().Reserve(0).Enter(0);
        Assert.IsType<Created>(played.State);
        Assert.Empty(played.Roster.Entries);
        Assert.IsType<CollectingEntries>(played.Pay(0).State);
    }

    [Theory]
    [InlineData("ticket_not_found")]
    [InlineData("ticket_not_yours")]
    [InlineData("ticket_lapsed")]
    [InlineData("entries_closed")]
    [InlineData("key_mismatch")]
    [InlineData("payout_hash_in_use")]
    [InlineData("too_many_picks")]
    [InlineData("no_picks")]
    [InlineData("unknown_station")]
    [InlineData("duplicate_station")]
    public void Refuses_by_name(string code)
    {
        var played = Played.New().Sell(1).Reserve(0);
        var good = new SubmitEntry(played.TicketOf(0).Id, Given.Entry(0, played.TicketOf(0).OfferedEntryId!.Value, played.Now), played.Now);
        var refusal = played.Refused(code switch
        {
            "ticket_not_found" => good with { Ticket = Guid.Empty },
            "ticket_not_yours" => good with { Entry = good.Entry with { Player = Given.Player(2) } },
            "ticket_lapsed" => good with { At = played.Now.AddMinutes(10) },
            "entries_closed" => good with { At = played.Terms.Close },
            "key_mismatch" => good with { Entry = good.Entry with { Key = Given.Key("other") } },
            "payout_hash_in_use" => good with { Entry = good.Entry with { PayoutHash = Given.PayoutHash(1) } },
            "too_many_picks" => good with { Entry = good.Entry with { Picks = [Full("KDEN"), Full("KJFK"), Full("KDEN")] } },
            "no_picks" => good with { Entry = good.Entry with { Picks = default } },
            "unknown_station" => good with { Entry = good.Entry with { Picks = [Full("KXXX")] } },
            _ => good with { Entry = good.Entry with { Picks = [Full("KDEN"), new StationPicks("KDEN", null, null, null)] } },
        });
        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public void A_payout_hash_may_be_no_ticket_hash_that_was_ever_issued()
    {
        var played = Played.New().Reserve(1);
        var old = played.TicketOf(1);
        played.Wait(TimeSpan.FromMinutes(10)).Learn(new TimePassed(played.Now), new TicketRotated(old.Id, old.Hash, Given.Hash("rotated"), "s", played.Now));
        played.Reserve(0);
        foreach (var hash in played.Roster.Tickets.Select(ticket => ticket.Hash).Append(old.Hash))
        {
            var entry = Given.Entry(0, played.TicketOf(0).OfferedEntryId!.Value, played.Now) with { PayoutHash = hash };
            Assert.Equal("payout_hash_in_use", played.Refused(new SubmitEntry(played.TicketOf(0).Id, entry, played.Now)).Code);
        }
    }

    [Fact]
    public void Keys_and_payout_hashes_stay_used_after_their_seat_was_lost()
    {
        var played = Played.New().Sell(0);
        var old = played.TicketOf(0);
        played.Learn(played.Seen(0, InvoiceStatus.Canceled), new TicketRotated(old.Id, old.Hash, Given.Hash("rotated"), "s", played.Now));
        Assert.Equal("key_in_use", played.Refused(new RequestTicket(Given.Player(0), Given.DlcKey(0), played.NewId(), played.Now)).Code);
        played.Ask(new RequestTicket(Given.Player(0), Given.Key("fresh"), played.NewId(), played.Now));
        var entry = Given.Entry(0, played.TicketOf(0).OfferedEntryId!.Value, played.Now) with { Key = Given.Key("fresh") };
        Assert.Equal("payout_hash_in_use", played.Refused(new SubmitEntry(played.TicketOf(0).Id, entry, played.Now)).Code);
    }

    [Fact]
    public void Two_seats_with_the_same_key_let_only_the_first_entry_in()
    {
        var played = Played.New().Reserve(0).Ask(new RequestTicket(Given.Player(1), Given.DlcKey(0), Guid.Empty, Given.Start.AddMinutes(1)));
        played.Enter(0);
        var entry = Given.Entry(1, Guid.Empty, played.Now) with { Key = Given.DlcKey(0) };
        Assert.Equal("key_in_use", played.Refused(new SubmitEntry(played.TicketOf(1).Id, entry, played.Now)).Code);
    }

    [Theory]
    [InlineData("offered", true)]
    [InlineData("same end, fresh", true)]
    [InlineData("same end, six minutes old", false)]
    [InlineData("same end, two minutes ahead", false)]
    [InlineData("another end", false)]
    [InlineData("version 4", false)]
    public void An_entry_id_is_the_offered_one_or_ends_in_its_last_62_bits(string what, bool accepted)
    {
        var played = Played.New().Wait(TimeSpan.FromMinutes(30)).Reserve(0);
        var offered = played.TicketOf(0).OfferedEntryId!.Value;
        var id = what switch
        {
            "offered" => offered,
            "same end, fresh" => Ending(offered, played.Now.AddMinutes(-4)),
            "same end, six minutes old" => Ending(offered, played.Now.AddMinutes(-6)),
            "same end, two minutes ahead" => Ending(offered, played.Now.AddMinutes(2)),
            "another end" => Given.Uuid7(played.Now, new SplitMix(12)),
            _ => new Guid([.. offered.ToByteArray(true)[..6], 0x40, .. offered.ToByteArray(true)[7..]], bigEndian: true),
        };
        var verdict = played.State.Decide(new SubmitEntry(played.TicketOf(0).Id, Given.Entry(0, id, played.Now), played.Now));
        Assert.Equal(accepted ? null : "entry_id", verdict.Refusal?.Code);
    }

    private static Guid Ending(Guid offered, DateTimeOffset at)
    {
        var mine = Given.Uuid7(at, new SplitMix(13)).ToByteArray(bigEndian: true);
        return new Guid([.. mine[..8], .. offered.ToByteArray(bigEndian: true)[8..]], bigEndian: true);
    }

    private static StationPicks Full(string station) => new(station, Prediction.Over, Prediction.Par, Prediction.Under);
}
