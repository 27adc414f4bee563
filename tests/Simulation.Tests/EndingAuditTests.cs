using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;

namespace Coordinator.Simulation.Tests;

/// <summary>Wrong fundings, wrong endings, wrong books: each is found by its rule.</summary>
public sealed class EndingAuditTests
{
    [Fact]
    public void A_funding_intent_without_a_held_payment_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Lightning.CancelInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(1).Hash);
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Begin(scene);
        Found(scene, "funding-check", "is Canceled since");
    }

    [Fact]
    public void A_funding_intent_with_too_few_blocks_left_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Lightning.SetHeight(scene.Chain.Height);
        scene.Mine(170);
        Begin(scene);
        Found(scene, "funding-check", "is held until");
    }

    [Fact]
    public void A_funding_intent_after_the_signing_deadline_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Clock.Advance(scene.Terms.SigningDeadline + TimeSpan.FromMinutes(10) - scene.Clock.GetUtcNow());
        Begin(scene);
        Found(scene, "funding-check", "after its signing deadline");
    }

    [Fact]
    public void A_funding_intent_after_the_attestation_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Oracle.Attest(Scene.Id, 0);
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Begin(scene);
        Found(scene, "funding-check", "was attested");
    }

    [Fact]
    public void A_funded_competition_that_is_called_cancelled_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Write(new Cancelled(scene.Header(TicketStage.Paid), "a wish", false));
        Found(scene, "cancelled", "may still confirm");
    }

    [Fact]
    public void A_competition_that_is_over_and_comes_back_is_found()
    {
        var scene = new Scene().Sell();
        scene.Write(new Cancelled(scene.Header(TicketStage.Canceled), "a wish", false));
        Assert.Null(scene.Step());
        scene.Write(new EscrowConfirmed(scene.Header(TicketStage.Paid)));
        Found(scene, "cancelled", "became");
    }

    [Fact]
    public void A_document_whose_version_does_not_grow_is_found()
    {
        var scene = new Scene().Sell();
        scene.Write(new EscrowConfirmed(scene.Header(TicketStage.Paid)), 1, []);
        Found(scene, "cancelled", "from version");
    }

    [Fact]
    public void Money_that_goes_to_nobody_is_found()
    {
        var scene = new Scene();
        var stranger = Script.FromHex("0014" + Hex.Encode(Scene.Secret("stranger"))[..40]);
        var theft = scene.Spend(new TxOut(Satoshis.Of(100_000), stranger));
        scene.Reserve(theft, "send/theft");
        scene.Send(theft);
        Found(scene, "conservation", "nobody's");
    }

    [Fact]
    public void A_fee_of_more_than_half_is_found()
    {
        var scene = new Scene();
        var spend = scene.Spend(new TxOut(Satoshis.Of(100_000), scene.Home));
        scene.Reserve(spend, "send/waste");
        scene.Send(new Transaction(2, spend.Inputs, [new TxOut(Satoshis.Of(10_000), scene.Home)], 0));
        Found(scene, "conservation", "to miners");
    }

    [Fact]
    public void A_payment_taken_for_a_pool_that_never_was_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(scene.Complete);
        scene.Lightning.SettleInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(0));
        scene.Lightning.CancelInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(1).Hash);
        scene.Write(new Cancelled(scene.Header(TicketStage.Canceled), "a wish", false));
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "endings" && violation.Detail.Contains("were taken", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pool_that_lies_there_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund().Settle();
        scene.Mine(6);
        scene.Write(new Completed(scene.Header(TicketStage.Settled), scene.Live(settling: true)));
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "endings" && violation.Detail.Contains("is not spent by", StringComparison.Ordinal));
    }

    [Fact]
    public void An_outcome_that_lies_there_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund().Settle().Decide();
        scene.Mine(6);
        scene.Write(new Completed(scene.Header(TicketStage.Settled), scene.Live(settling: true)));
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "endings" && violation.Detail.Contains("is not spent", StringComparison.Ordinal));
    }

    [Fact]
    public void A_share_that_lies_there_and_a_winner_with_nothing_are_found()
    {
        var scene = new Scene().Sell().Sign().Fund().Settle().Decide();
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine(6);
        scene.Write(new Completed(scene.Header(TicketStage.Settled), scene.Live(settling: true)));
        var found = AllAtTheEnd(scene);
        Assert.Contains(found, violation => violation.Rule == "endings" && violation.Detail.Contains("lies there", StringComparison.Ordinal));
        Assert.Contains(found, violation => violation.Rule == "endings" && violation.Detail.Contains("should have", StringComparison.Ordinal));
    }

    [Fact]
    public void A_contract_that_pays_another_ranking_than_the_oracles_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund().Settle().Decide();
        scene.Write(scene.Decided());

        // The books of the coordinator give each entry the other one's ticket: so the oracle's winner sits in the loser's place.
        var header = scene.Header(TicketStage.Settled);
        var (first, second) = (header.Roster.Tickets[0], header.Roster.Tickets[1]);
        var swapped = header.With(first with { Entry = second.Entry }).With(second with { Entry = first.Entry });
        scene.Write(new OutcomeBroadcasted(swapped, scene.Live(settling: true)));
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "endings" && violation.Detail.Contains("the oracle ranked", StringComparison.Ordinal));
    }

    [Fact]
    public void A_competition_that_never_ends_is_found()
    {
        var scene = new Scene().Sell();
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "progress" && violation.Detail.Contains("is still", StringComparison.Ordinal));
    }

    [Fact]
    public void An_intent_that_is_left_over_is_found()
    {
        var scene = new Scene();
        scene.Write(new Cancelled(scene.Header(TicketStage.Canceled), "a wish", true), new ReleaseCoins());
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "progress" && violation.Detail.Contains("still wants", StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_that_does_not_read_as_it_was_written_is_found()
    {
        var scene = new Scene();
        var damaged = scene.Header(TicketStage.Canceled) with { Stamps = default };
        scene.Auditor.Evidence.NoteDocument(new CompetitionDocument { Version = 1, State = new Cancelled(damaged, "a wish", false) });
        Assert.Contains(Reported(scene), violation => violation.Rule == "documents");
    }

    [Fact]
    public void Lightning_money_that_does_not_add_up_is_found()
    {
        var scene = new Scene();
        scene.Auditor.Evidence.Starts["player0"] += 1;
        Assert.Contains(AllAtTheEnd(scene), violation => violation.Rule == "conservation" && violation.Detail.Contains("player0 has", StringComparison.Ordinal));
    }

    private static void Begin(Scene scene)
    {
        scene.Write(scene.Complete);
        scene.Write(new FundingBroadcasted(scene.Header(TicketStage.Paid), scene.Live()), new BroadcastFunding());
    }

    private static List<Violation> AllAtTheEnd(Scene scene)
    {
        var found = new List<Violation>();
        if (scene.End() is { } first)
        {
            found.Add(first);
        }

        found.AddRange(Reported(scene));
        return found;
    }

    private static List<Violation> Reported(Scene scene)
    {
        var found = new List<Violation>();
        while (found.Count < 1_000 && scene.Step() is { } violation)
        {
            found.Add(violation);
        }

        return found;
    }

    private static void Found(Scene scene, string rule, string says)
    {
        var violation = scene.Step();
        Assert.True(violation?.Rule == rule && violation.Detail.Contains(says, StringComparison.Ordinal), $"not {rule} with '{says}': {violation?.Message ?? "nothing"}");
    }
}
