using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Oracle;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>What ends a competition before its pool is funded: everybody has everything back. The rest of the table is in the other files.</summary>
public sealed class WaysOutBeforeFundingTests
{
    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    public void An_oracle_that_refuses_the_event_cancels_and_gives_everything_back(int status)
    {
        using var world = new World(300);
        using var game = new Game(world);
        world.OracleFaults.Add(new OracleFault(OracleFaultKind.Status, "POST", "/events", Times: 1_000, StatusCode: status));
        game.Create().Until("cancelled");
        Assert.Contains("the oracle refused", game.View.Reason, StringComparison.Ordinal);
        CheckCancelled(game);
    }

    [Fact]
    public void A_wallet_without_a_coin_deep_enough_cancels_at_the_signing_deadline()
    {
        using var world = new World(301, settings => settings with { FundingCoinDepth = 10_000 });
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        game.Create().Until("entries_submitted");
        Assert.Contains(game.View.Pending, pending => pending.Effect == "prepare_contract" && pending.LastError!.StartsWith("funding", StringComparison.Ordinal));
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void Fees_beyond_the_terms_cancel_at_the_signing_deadline_and_fees_that_fall_again_do_not()
    {
        foreach (var falls in new[] { false, true })
        {
            using var world = new World(302);
            using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
            game.Create();
            var usual = world.Chain.FeeEstimates;
            world.Chain.SetFeeEstimates([KeyValuePair.Create(1, 400.0)]);
            game.Until("entries_submitted");
            game.Step();
            if (falls)
            {
                world.Chain.SetFeeEstimates(usual);
                Play(game);
            }
            else
            {
                game.Until("cancelled");
                CheckCancelled(game);
            }
        }
    }

    [Theory]
    [InlineData("contract_created")]
    [InlineData("awaiting_signatures")]
    public void A_held_payment_that_falls_out_before_the_funding_cancels_everything(string state)
    {
        using var world = new World(303);
        using var game = new Game(world);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        if (state != "contract_created")
        {
            game.Players[1].Signs = true;
            game.Until(state);
        }

        Assert.True(world.Lightning.AutoCancel(PaymentHash.FromBytes(Hex.Decode(game.Players[0].Ticket!.PaymentHash))));
        world.Wake(WakeReason.Invoice);
        game.Look();
        Assert.Equal("a held payment was lost", game.View.Reason);
        CheckCancelled(game);
    }

    [Fact]
    public void Payments_that_come_near_their_expiry_before_the_funding_cancel_everything()
    {
        using var world = new World(304);
        using var game = new Game(world);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        world.Chain.Mine(45, TimeSpan.FromSeconds(1));
        world.Wake(WakeReason.Block);
        game.Look();
        Assert.Equal("held payments come too near their expiry", game.View.Reason);
        CheckCancelled(game);
    }

    [Fact]
    public void Who_keeps_a_contract_from_being_signed_gets_no_ticket_for_a_while_and_is_told_why()
    {
        using var world = new World(305);
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        var culprit = game.Players[1];
        culprit.Signs = false;
        game.Create().Until("cancelled");
        CheckCancelled(game);

        using var next = new Game(world);
        next.Create();
        var ticket = new TicketRequest(culprit.Player, culprit.Key.PublicKey.ToHex());
        var refused = world.Run(() => world.Competition(next.Id).RequestTicketAsync(ticket)).Problem!;
        Assert.Equal((ProblemKind.Forbidden, "player_barred"), (refused.Kind, refused.Code));
        Assert.Contains(culprit.Entry!.Id.ToString(), refused.Detail, StringComparison.Ordinal);

        var innocent = game.Players[0];
        Assert.NotNull(world.Run(() => world.Competition(next.Id).RequestTicketAsync(
            new TicketRequest(innocent.Player, next.Players[0].Key.PublicKey.ToHex()))).Value);
        world.Pass(TimeSpan.FromDays(1));
        using var later = new Game(world);
        later.Create();
        Assert.NotNull(world.Run(() => world.Competition(later.Id).RequestTicketAsync(ticket)).Value);
    }

    [Fact]
    public void A_wrong_attestation_before_the_funding_funds_nothing_and_the_operator_is_told()
    {
        using var world = new World(306);
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        world.Oracle.Behaviour = world.Oracle.Behaviour with { WrongAttestation = true };
        world.Oracle.Attest(game.Id, 0);
        world.Pass(TimeSpan.FromMinutes(2));
        game.Look();
        Assert.StartsWith("wrong_attestation", Assert.Single(game.View.Notices), StringComparison.Ordinal);
        game.Players[1].Signs = true;
        game.Until("cancelled");
        CheckCancelled(game);
    }
}
