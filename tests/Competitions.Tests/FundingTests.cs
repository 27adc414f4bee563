namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class FundingTests
{
    [Fact]
    public void Nothing_is_funded_before_every_player_has_the_signatures_or_ten_minutes_are_over()
    {
        var played = Playbook.SigningComplete();
        Assert.Empty(played.Wants);
        Assert.Same(played.State, played.State.Absorb(new FundingCleared(Given.Tip, played.Now)));
        Assert.Equal(played.Now.AddMinutes(10), played.State.NextDeadline);
        played.Learn(new TimePassed(played.Now.AddMinutes(10)));
        Assert.Equal(new CheckBeforeFunding(), Assert.Single(played.Wants));
        Assert.Equal(played.Terms.SigningDeadline, played.State.NextDeadline);
        Assert.Equal(new CheckBeforeFunding(), Assert.Single(Playbook.ReadyToFund().Wants));
    }

    [Fact]
    public void A_cleared_funding_is_an_intent_in_the_same_write()
    {
        var played = Playbook.FundingBroadcasted();
        Assert.Equal(new BroadcastFunding(), Assert.Single(played.Wants));
        Assert.NotNull(played.Header.StampOf("funding_broadcasted_at"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Funding_needs_twelve_blocks_and_its_depth_before_the_limit(int tooFar, bool funded)
    {
        var played = Playbook.ReadyToFund();
        var limit = Given.Tip + 400 - 24;
        Assert.Equal(limit, HoldTimes.HtlcLimit(Given.Tip + 400));
        played.Learn(new FundingCleared(limit - 13 + tooFar, played.Now));
        Assert.Equal(funded, played.State is FundingBroadcasted);
    }

    [Fact]
    public void Funding_that_is_cleared_at_the_signing_deadline_comes_too_late()
    {
        var played = Playbook.ReadyToFund();
        played.Learn(new FundingCleared(Given.Tip, played.Terms.SigningDeadline));
        Assert.IsType<Cancelled>(played.State);
        Assert.DoesNotContain(played.Wants, effect => effect is BroadcastFunding);
    }

    [Fact]
    public void The_seat_with_the_earliest_expiry_counts()
    {
        var played = Playbook.ReadyToFund();
        played.Learn(played.Seen(1, InvoiceStatus.Accepted, expiry: Given.Tip + 24 + 12), new FundingCleared(Given.Tip, played.Now));
        Assert.IsType<SigningComplete>(played.State);
        played.Mine(Given.Tip);
        Assert.IsType<Cancelled>(played.State);
    }

    public static TheoryData<string> BeforeFunding { get; } =
        ["escrow_confirmed", "event_created", "entries_submitted", "contract_created", "awaiting_signatures", "signing_complete"];

    [Theory]
    [MemberData(nameof(BeforeFunding))]
    public void Before_funding_every_way_out_gives_every_payment_back(string state)
    {
        foreach (var end in Ends())
        {
            var played = Playbook.States.Single(way => way.Name == state).Play();
            var hashes = played.Roster.Tickets.Select(ticket => ticket.Hash).Order().ToList();
            var holdsCoins = state is not ("escrow_confirmed" or "event_created");
            played.Learn(end(played));
            hashes.RemoveAll(hash => played.Roster.FindHash(hash)!.Stage == TicketStage.Canceled);
            var cancelled = Assert.IsType<Cancelled>(played.State);
            Assert.NotNull(cancelled.Header.StampOf("cancelled_at"));
            Assert.Equal(hashes, played.Wants.OfType<CancelInvoice>().Select(effect => effect.Hash).Order());
            Assert.Equal(holdsCoins, played.Wants.OfType<ReleaseCoins>().Any());
            played.Learn([.. hashes.Select(hash => new InvoiceSeen(hash, InvoiceStatus.Canceled, null, 0, played.Now)), new CoinsReleased(played.Now)]);
            Assert.Empty(played.Wants);
        }
    }

    [Theory]
    [MemberData(nameof(BeforeFunding))]
    public void The_operator_may_cancel_before_funding_twice_and_never_after(string state)
    {
        var played = Playbook.States.Single(way => way.Name == state).Play();
        played.Ask(new Cancel("one", played.Now)).Ask(new Cancel("two", played.Now));
        Assert.Equal("one", Assert.IsType<Cancelled>(played.State).Reason);
        Assert.Equal("already_funded", Playbook.FundingBroadcasted().Refused(new Cancel("late", played.Now)).Code);
    }

    [Fact]
    public void A_cancelled_competition_goes_on_cancelling_until_lnd_says_so()
    {
        var played = Playbook.Cancelled();
        played.Learn(played.Seen(0, InvoiceStatus.Accepted), new TicketRotated(
            played.TicketOf(0).Id, played.TicketOf(0).Hash, Given.Hash("new"), "s", played.Now));
        Assert.Contains(new CancelInvoice(played.TicketOf(0).Hash), played.Wants);
        played.Learn(played.Seen(0, InvoiceStatus.Settled));
        Assert.DoesNotContain(new CancelInvoice(played.TicketOf(0).Hash), played.Wants);
        Assert.Equal(played.TicketOf(0).Id, Assert.Single(((Cancelled)played.State).Owed).Id);
    }

    [Fact]
    public void Late_news_of_funding_wakes_no_cancelled_competition()
    {
        var played = Playbook.Cancelled();
        var before = Documents.Write(played.State);
        played.Learn(
            new FundingCleared(Given.Tip, played.Now), new ContractSigned("round 1", Given.Hash("signed"), played.Now),
            new AttestationSeen(0, "aa", played.Now), new TimePassed(played.Terms.SigningDeadline));
        Assert.Equal(before, Documents.Write(played.State));
    }

    private static IEnumerable<Func<Played, Fact>> Ends() =>
    [
        play => new TimePassed(play.Terms.SigningDeadline),
        play => new AttestationSeen(0, "aa", play.Now),
        play => new OracleRefused("gone", play.Now),
        play => new ContractImpossible("dust", play.Now),
        play => new ChainSeen(ChainView.Empty with { Tip = Given.Tip + 400 - 24 - 12 }, play.Now),
        play => play.Seen(1, InvoiceStatus.Canceled),
    ];
}
