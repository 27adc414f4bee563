using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>Every state meets every fact and every command. The outcome is a text file that a reviewer reads.</summary>
[Trait("Kind", "Golden")]
public sealed class TransitionTableTests
{
    private static readonly IReadOnlyList<(string Name, Func<Played, Fact> Make)> Facts =
    [
        ("time: nothing is due", play => new TimePassed(play.Now)),
        ("time: a reservation is over", play => new TimePassed(play.Now.AddMinutes(10))),
        ("time: entries close", play => new TimePassed(play.Terms.Close)),
        ("time: the signing deadline", play => new TimePassed(play.Terms.SigningDeadline)),
        ("invoice issued, unknown hash", play => new InvoiceIssued(play.Roster.Tickets[0].Id, Given.Hash("unknown"), "lnbcrt1", play.Now)),
        ("invoice open", play => Invoice(play, InvoiceStatus.Open)),
        ("invoice accepted", play => Invoice(play, InvoiceStatus.Accepted)),
        ("invoice settled", play => Invoice(play, InvoiceStatus.Settled)),
        ("invoice canceled", play => Invoice(play, InvoiceStatus.Canceled)),
        ("invoice settled, unknown hash", play => new InvoiceSeen(Given.Hash("unknown"), InvoiceStatus.Settled, null, 1, play.Now)),
        ("ticket rotated", play => new TicketRotated(play.Roster.Tickets[0].Id, play.Roster.Tickets[0].Hash, Given.Hash("new"), "sealed", play.Now)),
        ("oracle event ready", play => new OracleEventReady(Given.Hash("announcement"), play.Now)),
        ("oracle refused", play => new OracleRefused("no such station", play.Now)),
        ("oracle entries accepted", play => new OracleEntriesAccepted(play.Now)),
        ("contract prepared", play => new ContractPrepared(Contract(play), "another round", play.Now)),
        ("contract impossible", play => new ContractImpossible("a share is dust", play.Now)),
        ("nonces aggregated", play => new NoncesAggregated("round 1", Given.Hash("aggregate"), play.Now)),
        ("nonces aggregated, other round", play => new NoncesAggregated("round 0", Given.Hash("aggregate"), play.Now)),
        ("own nonces lost", play => new OwnNoncesLost("round 1", "round 2", play.Now)),
        ("own part signed", play => new OwnPartSigned("round 1", Given.Hash("own"), play.Now)),
        ("partials rejected", play => new PartialsRejected("round 1", [Entry(play)], play.Now)),
        ("contract signed", play => new ContractSigned("round 1", Given.Hash("signed"), play.Now)),
        ("gateway probed", play => new KeymeldProbed(Session(play), true, "as it should be", play.Now)),
        ("seat registered", play => new SeatRegistered(Session(play), First(play).Id, Entry(play), 1, play.Now)),
        ("seat registered, entry gone", play => new SeatRegistered(Session(play), First(play).Id, Guid.AllBitsSet, 1, play.Now)),
        ("seat stale", play => new SeatStale(Session(play), First(play).Id, play.Now)),
        ("seat refused", play => new SeatRefused(Session(play), First(play).Id, Entry(play), "not for this enclave", play.Now)),
        ("session burned", play => new KeymeldBurned(Session(play), "another key", play.Now)),
        ("session burned, another session", play => new KeymeldBurned(Guid.Empty, "another key", play.Now)),
        ("keygen checked", play => new KeygenChecked(Session(play), [Batch(play)], play.Now)),
        ("batch posted", play => new BatchPosted(Session(play), Batch(play), play.Now)),
        ("batch signed", play => new BatchSigned(Session(play), Batch(play), Given.Hash("batch"), play.Now)),
        ("batch failed", play => new BatchFailed(Session(play), Batch(play), Given.Uuid7(play.Now, new SplitMix(5)), "no answer", play.Now)),
        ("signatures fetched", play => new SignaturesFetched(Entry(play), play.Now)),
        ("funding cleared", play => new FundingCleared(Given.Tip, play.Now)),
        ("funding cleared too late", play => new FundingCleared(Given.Tip, play.Terms.SigningDeadline)),
        ("escrow prepared", play => new EscrowPrepared(First(play).Id, First(play).Hash, Given.Escrow(0, Given.EscrowTerms()), play.Now)),
        ("escrows cleared", play => new EscrowsCleared(Given.Tip, play.Now)),
        ("escrows in the mempool", play => EscrowPlay.Sight(play, new EscrowSight(true, null, null, null), Given.Tip)),
        ("escrows deep", play => EscrowPlay.Sight(play, EscrowPlay.Deep, Given.Tip + 3)),
        ("escrows replaced for good", play => EscrowPlay.Sight(play, EscrowPlay.Replaced, Given.Tip + 3)),
        ("escrow released", play => new EscrowReleased(First(play).Escrow?.OutPoint ?? default, play.Now)),
        ("chain: next block", play => Chain(play, play.Chain with { Tip = play.Chain.Tip + 1 })),
        ("chain: held payments near their limit", play => Chain(play, play.Chain with { Tip = Given.Tip + 400 - 24 })),
        ("chain: funding in the mempool", play => Chain(play, play.Chain with { FundingSeen = true })),
        ("chain: funding deep", play => Chain(play, Funded(play))),
        ("chain: funding gone (reorganisation)", play => Chain(play, ChainView.Empty with { Tip = play.Chain.Tip })),
        ("chain: funding in conflict for good", play => Chain(play, ChainView.Empty with { Tip = play.Chain.Tip, FundingConflict = Given.Txid("other") })),
        ("chain: outcome in the mempool", play => Chain(play, Funded(play).WithOutcome(height: null))),
        ("chain: outcome confirmed", play => Chain(play, Funded(play).WithOutcome())),
        ("chain: expiry in the mempool", play => Chain(play, Funded(play).WithOutcome(height: null, outcome: -1))),
        ("chain: expiry confirmed", play => Chain(play, Funded(play).WithOutcome(outcome: -1))),
        ("chain: pool spent by a stranger", play => Chain(play, Funded(play) with
        {
            Outcome = new OutcomeSpend(OutcomeSpendKind.Foreign, -1, Given.Txid("stranger"), Given.OutcomeHeight),
        })),
        ("chain: split confirmed", play => Chain(play, Funded(play).WithOutcome().WithSplit(Given.OutcomeHeight + 24))),
        ("chain: close confirmed", play => Chain(play, Funded(play).WithOutcome().WithSplit(Given.OutcomeHeight + 2, SplitSpendKind.Close))),
        ("chain: funding waits while fees are high", play => Chain(play, play.Chain with
        {
            Tip = play.Chain.Tip + 2,
            FundingSeen = true,
            Fees = new FeeView(FeeRate.FromSatPerVbyte(20), [new WaitingFee(BumpTarget.Funding, -1, Given.Txid("funding"), Satoshis.Of(400), 200, null)]),
        })),
        ("bump intended", play => new BumpIntended(
            new Bump(BumpTarget.Funding, -1, Given.Txid("funding"), Given.Txid("child"), Satoshis.Of(3_000), 1, Given.Tip), play.Now)),
        ("attestation", play => new AttestationSeen(0, "aa", play.Now)),
        ("payment succeeded, unknown", play => new PaymentSeen(Entry(play), Given.Hash("unknown"), PaymentState.Succeeded, "sealed", 1, "", play.Now)),
        ("hold: an invoice that LND does not know", play => new HoldRaised(HoldKind.UnknownInvoice, First(play).Hash.ToString(), "gone", play.Now)),
        ("hold: explained after all", play => new HoldExplained(HoldKind.UnknownInvoice, First(play).Hash.ToString(), play.Now)),
        ("payment found that the journal has not", play => new PaymentFound(
            Entry(play), Given.Hash("found"), PaymentState.Succeeded, 0, 7_000, 7, "", "sealed", 1, play.Now)),
        ("invoice found of a free seat", play => new TicketHashUsed(
            (play.Roster.Tickets.FirstOrDefault(ticket => ticket.Stage == TicketStage.Free) ?? play.Roster.Tickets[0]).Hash, play.Now)),
        ("coins released", play => new CoinsReleased(play.Now)),
        ("noticed", play => new Noticed(Noticed.WrongAttestation, "odd", play.Now)),
        ("player barred", play => new PlayerBarred(Entry(play), play.Now)),
    ];

    private static readonly IReadOnlyList<(string Name, Func<Played, Command> Make)> Commands =
    [
        ("request ticket", play => new RequestTicket(Given.Player(9), Given.DlcKey(9), play.NewId(), play.Now)),
        ("submit entry", play => new SubmitEntry(play.Roster.Tickets[0].Id, Given.Entry(9, play.NewId(), play.Now), play.Now)),
        ("submit nonces", play => new SubmitNonces(Player(play), Entry(play), null, Given.Hash("new nonces"), "forced", play.Now)),
        ("submit nonces, old round", play => new SubmitNonces(Player(play), Entry(play), "round 0", Given.Hash("new nonces"), "forced", play.Now)),
        ("submit escrow signature", play => new SubmitEscrowSignature(Player(play), Entry(play), "3006", play.Now)),
        ("submit partials", play => new SubmitPartials(Player(play), Entry(play), null, Given.Hash("partials"), play.Now)),
        ("request payout", play => Winning(play, (winner, who) => winner.Payout(who))),
        ("hand over key", play => Winning(play, (winner, who) => new HandOverKey(
            Given.Player(who), winner.EntryOf(who).Id, winner.TicketOf(who).Id, "sealed key", winner.Now))),
        ("cancel", play => new Cancel("the operator said so", play.Now)),
        ("release hold", play => new ReleaseHold("unknown_invoice/none", "operator", "looked", play.Now)),
        ("release share", play => new ReleaseShare(Entry(play), play.Now)),
    ];

    [Fact]
    public void Every_state_and_every_fact_are_as_the_reviewed_table_says() => Golden.AssertSame("transitions.txt", FactTable());

    [Fact]
    public void Every_state_and_every_command_are_as_the_reviewed_table_says() => Golden.AssertSame("commands.txt", CommandTable());

    [Fact]
    public void Every_fact_and_every_command_has_a_line()
    {
        static IEnumerable<string> KindsOf(Type kind)
            => kind.Assembly.GetTypes().Where(type => type.IsSubclassOf(kind) && !type.IsAbstract).Select(type => type.Name).Order();

        var play = Playbook.OutcomeBroadcasted();
        Assert.Equal(KindsOf(typeof(Fact)), Facts.Select(fact => fact.Make(play).GetType().Name).Distinct().Order());
        Assert.Equal(KindsOf(typeof(Command)), Commands.Select(command => command.Make(play).GetType().Name).Distinct().Order());
        Assert.Equal(
            KindsOf(typeof(CompetitionState)),
            Playbook.States.Select(state => state.Play().State.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void The_same_fact_twice_changes_nothing_the_second_time()
    {
        foreach (var (state, start) in Playbook.States)
        {
            foreach (var (name, make) in Facts)
            {
                var play = start();
                var fact = make(play);
                var once = play.State.Absorb(fact);
                Assert.True(Documents.Write(once) == Documents.Write(once.Absorb(fact)), $"{state}: {name}");
            }
        }
    }

    private static string FactTable()
    {
        var table = new StringBuilder("What each state becomes by each fact. Facts that are not listed under a state change nothing.\n");
        foreach (var (state, start) in Playbook.States)
        {
            table.Append('\n').Append(state).Append('\n');
            foreach (var (name, make) in Facts)
            {
                var play = start();
                var next = play.State.Absorb(make(play));
                if (next.GetType() != play.State.GetType())
                {
                    table.Append($"    {name,-40} -> {Tag(next)}\n");
                }
                else if (Documents.Write(next) != Documents.Write(play.State))
                {
                    table.Append($"    {name,-40} -> remembered\n");
                }
            }
        }

        return table.ToString();
    }

    private static string CommandTable()
    {
        var table = new StringBuilder("What each state answers to each command.\n");
        foreach (var (state, start) in Playbook.States)
        {
            table.Append('\n').Append(state).Append('\n');
            foreach (var (name, make) in Commands)
            {
                var play = start();
                var verdict = play.State.Decide(make(play));
                table.Append($"    {name,-26} {(verdict.Refusal is { } no ? $"refused: {no.Kind}, {no.Code}" : $"-> {Tag(verdict.Next!)}")}\n");
            }
        }

        return table.ToString();
    }

    private static string Tag(CompetitionState state) => Documents.Write(state).Split('"')[3];

    private static Ticket First(Played play) => play.Roster.Tickets.FirstOrDefault(ticket => ticket.Holder is not null) ?? play.Roster.Tickets[0];

    private static Guid Entry(Played play) => First(play).Entry?.Id ?? Guid.Empty;

    private static XOnlyPublicKey Player(Played play) => First(play).Holder ?? Given.Player(0);

    private static InvoiceSeen Invoice(Played play, InvoiceStatus status) => new(
        First(play).Hash, status, status == InvoiceStatus.Accepted ? Given.Tip + 400 : null, play.Terms.Price.ToMillisatoshis().Value, play.Now);

    private static Guid Session(Played play) => play.Header.Keymeld?.Id ?? Guid.Empty;

    private static Guid Batch(Played play) => play.State is RemoteSigning remote ? remote.Batches[0].Session : Given.Uuid7(play.Now, new SplitMix(6));

    private static ContractRef Contract(Played play) => Given.Contract(Playbook.EscrowConfirmed().Roster);

    private static ChainSeen Chain(Played play, ChainView chain) => new(chain, play.Now);

    private static ChainView Funded(Played play) => play.Chain with
    {
        Tip = Math.Max(play.Chain.Tip, Given.FundingHeight),
        FundingSeen = true,
        FundingHeight = Given.FundingHeight,
    };

    /// <summary>A command of the winner, where there is one; else of the first player of another competition.</summary>
    private static Command Winning(Played play, Func<Played, int, Command> make)
    {
        if (play.State is LiveState)
        {
            return make(play, play.WinningPlayer());
        }

        var other = Playbook.OutcomeBroadcasted();
        return make(other, other.WinningPlayer());
    }
}
