using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;
using Coordinator.Wallet;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Competitions with escrows (D21): to the end, and every way out of it. Nobody ever loses what was paid.</summary>
public sealed class EscrowTests
{
    [Theory]
    [InlineData(SigningMode.Local, 0)]
    [InlineData(SigningMode.Keymeld, 0)]
    [InlineData(SigningMode.Local, -1)]
    public void A_competition_with_escrows_completes_and_balances(SigningMode signing, int attests)
    {
        using var world = Rich(700, signing);
        using var game = new Game(world, escrow: true) { Attests = attests < 0 ? null : attests };
        game.Players[0].Takes = Taking.OnChain;
        game.Players[1].Takes = Taking.Lightning;
        var after = Play(game);
        var funding = world.Chain.Find(OutPoint.Parse(game.View.FundingOutpoint!).Txid)!.Transaction;
        Assert.All(game.Players, player => Assert.Contains(player.Escrow()!.OutPoint, funding.Inputs.Select(input => input.PreviousOutput)));
        Assert.All(game.Players, player => Assert.Equal("pool", player.ShownEscrow().SpentHow ?? "pool"));
        Assert.True(after.PlayersChain[0] > 0 || attests >= 0, $"{world}: {after}");
    }

    [Fact]
    public void Escrows_are_settled_before_the_oracle_hears_of_anything_and_not_before_their_depth()
    {
        using var world = Rich(701);
        using var game = new Game(world, settlementDepth: 3, escrow: true);
        game.Create().Until("entries_collected");
        Assert.Equal(0, game.Watch.Settled);
        while (game.Players.Any(player => player.ShownEscrow().Height is null))
        {
            game.Step();
        }

        Assert.Equal(0, game.Watch.Settled);
        Assert.DoesNotContain(world.Oracle.List(world.Clock.GetUtcNow()), known => known.Id == game.Id);
        game.Until("escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created");
        Assert.Equal(3, game.Watch.Settled);
        Assert.Empty(game.Watch.TooEarly);
    }

    [Fact]
    public void An_unfilled_competition_gives_everything_back_and_nothing_was_ever_sent()
    {
        using var world = Rich(702);
        using var game = new Game(world, escrow: true) { StepTime = TimeSpan.FromMinutes(2) };
        game.Players[2].Comes = false;
        game.Create().Until("cancelled");
        CheckCancelled(game);
        Assert.All(game.Players.Take(2), player => Assert.Null(world.Chain.Find(player.Escrow()!.OutPoint.Txid)));
    }

    [Fact]
    public void A_competition_cancelled_before_its_escrows_are_sent_gives_everything_back()
    {
        using var world = Rich(703);
        using var game = new Game(world, escrow: true);
        game.Players[2].Pays = false;
        game.Create();
        game.Step();
        game.Step();
        world.ChainPort.Fault = ChainFault.ConnectionLost;
        game.Players[2].Pays = true;
        game.Until("entries_collected");
        world.Run(() => world.Competition(game.Id).CancelAsync("storm"));
        world.ChainPort.Fault = null;
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void A_competition_cancelled_after_the_payments_were_taken_gives_every_escrow_back_at_once()
    {
        using var world = Rich(704);
        using var game = new Game(world, escrow: true);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        Assert.Null(game.Players[0].TakeBackTogether());
        Assert.Equal("escrow_not_free", game.Players[0].LastProblem?.Code);
        world.Run(() => world.Competition(game.Id).CancelAsync("storm"));
        game.Look();
        Assert.Equal("cancelled", game.View.State);
        var fees = game.View.TicketPrice - game.Request.EntryFee;
        Assert.All(game.View.Owed, owed => Assert.Equal(fees, owed.Sats));
        Assert.Equal(3, game.View.Owed.Length);
        foreach (var player in game.Players)
        {
            Assert.Null(world.Chain.Submit(player.TakeBackTogether()!).Refused);
        }

        CheckEscrowsBack(game);
    }

    [Fact]
    public void A_player_takes_the_escrow_back_alone_from_its_time_on_and_not_before()
    {
        using var world = Rich(705);
        using var game = new Game(world, escrow: true);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        world.Run(() => world.Competition(game.Id).CancelAsync("storm"));
        game.Look();
        var opens = game.Players[0].ShownEscrow().RefundOpensAt!.Value;
        world.Mine(opens - 1 - world.Chain.Height);
        Assert.NotNull(world.Chain.Submit(game.Players[0].TakeBackAlone()).Refused);
        world.Mine(1);
        foreach (var player in game.Players)
        {
            Assert.Null(world.Chain.Submit(player.TakeBackAlone()).Refused);
        }

        CheckEscrowsBack(game);
    }

    [Fact]
    public void A_broadcast_that_is_refused_loses_nobody_anything()
    {
        using var world = Rich(706);
        using var game = new Game(world, escrow: true) { StepTime = TimeSpan.FromMinutes(2) };
        world.Chain.SetLeastRates(FeeRate.FromSatPerVbyte(1), FeeRate.FromSatPerVbyte(1_000));
        game.Create().Until("entries_collected");
        game.Until("cancelled");
        world.Chain.SetLeastRates(FeeRate.FromSatPerVbyte(1));
        EndEscrows(game);
        Assert.Equal(0, game.Watch.Settled);
        Assert.True(game.Before.PlayersMsat.SequenceEqual(Ledger.CheckEnd(game).PlayersMsat), $"{world}");
    }

    [Fact]
    public void A_stuck_escrow_is_double_spent_before_its_payment_is_given_back()
    {
        using var world = Rich(707);
        using var game = new Game(world, escrow: true);
        game.Create().Until("entries_collected");
        var stuck = game.Players[2].Escrow()!.OutPoint.Txid;
        world.Chain.Hold(stuck);
        var hash = PaymentHash.FromBytes(Hex.Decode(game.Players[2].Ticket!.PaymentHash));
        for (var step = 0; step < 200 && game.View.State != "cancelled"; step++)
        {
            world.Mine();
            game.Look();
        }

        Assert.Equal("cancelled", game.View.State);
        Assert.Equal(InvoiceState.Accepted, StateOf(world, hash));
        Assert.Equal(2, game.Watch.Settled);
        EndEscrows(game);
        Assert.NotNull(world.Chain.SpenderOf(Transaction.Parse(game.Players[2].Ticket!.Escrow!.Transaction).Inputs[0].PreviousOutput));
        Assert.Null(world.Chain.Find(stuck));
        Assert.Equal(InvoiceState.Canceled, StateOf(world, hash));
        foreach (var player in game.Players.Take(2))
        {
            Assert.Null(world.Chain.Submit(player.TakeBackTogether()!).Refused);
        }

        var after = Ledger.CheckEnd(game);
        Assert.Equal(game.Before.PlayersMsat[2], after.PlayersMsat[2]);
    }

    [Fact]
    public void A_stuck_escrow_is_not_double_spent_while_nobody_can_say_whether_its_payment_was_taken()
    {
        using var world = Rich(709);
        using var game = new Game(world, escrow: true);
        game.Create().Until("entries_collected");
        var escrow = Transaction.Parse(game.Players[2].Ticket!.Escrow!.Transaction);
        world.Chain.Hold(escrow.Txid);
        for (var step = 0; step < 200 && game.View.State != "cancelled"; step++)
        {
            // Before each block, so that the turn that gives up already cannot ask.
            world.LightningFaults.Clear();
            game.Look();
            world.LightningFaults.Script(new LndFault("LookupInvoiceV2", LndFaultKind.BreakBefore, Count: 100_000));
            world.Mine();
            game.Look();
        }

        EndEscrows(game);
        Assert.Equal(escrow.Txid, world.Chain.SpenderOf(escrow.Inputs[0].PreviousOutput)?.By.Transaction.Txid);
        world.LightningFaults.Clear();
        game.Look();
        EndEscrows(game);
        Assert.NotEqual(escrow.Txid, world.Chain.SpenderOf(escrow.Inputs[0].PreviousOutput)?.By.Transaction.Txid);
        Assert.Equal(InvoiceState.Canceled, StateOf(world, PaymentHash.FromBytes(Hex.Decode(game.Players[2].Ticket!.PaymentHash))));
    }

    [Fact]
    public void Who_never_signs_their_escrow_into_the_pool_is_named_and_everybody_has_it_back()
    {
        using var world = Rich(708);
        using var game = new Game(world, escrow: true) { StepTime = TimeSpan.FromMinutes(2) };
        game.Players[1].SignsEscrow = false;
        game.Create().Until("signing_complete");
        game.Until("cancelled");
        Assert.Contains(game.Players[1].Entry!.Id.ToString(), game.View.Reason, StringComparison.Ordinal);
        foreach (var player in game.Players)
        {
            Assert.Null(world.Chain.Submit(player.TakeBackTogether()!).Refused);
        }

        CheckEscrowsBack(game);
    }

    [Fact]
    public void A_foreign_PSBT_is_refused_by_name_and_changes_nothing()
    {
        using var world = Rich(709);
        using var game = new Game(world, escrow: true);
        game.Players[0].SignsEscrow = false;
        game.Create().Until("signing_complete");
        game.Step();
        var (player, grain) = (game.Players[0], world.Competition(game.Id));
        var contract = player.Ask(() => grain.ContractAsync(player.Player))!;
        string Refusal(string psbt)
        {
            player.Ask(() => grain.SignEscrowAsync(new EscrowSignatureRequest(player.Player, player.Entry!.Id, psbt)));
            return player.LastProblem?.Code ?? "taken";
        }

        var ours = Psbt.ParseBase64(contract.FundingPsbt).UnsignedTransaction;
        Assert.Equal("escrow_signature_missing", Refusal(contract.FundingPsbt));
        Assert.Equal("escrow_malformed", Refusal("cHNidP8="));
        Assert.Equal("escrow_foreign_signature", Refusal(game.Players[1].EscrowPart(contract)));
        Assert.Equal("escrow_extra_input", Refusal(Psbt.Create(ours.WithInputs([.. ours.Inputs, new TxIn(new OutPoint(ours.Txid, 0))])).ToBase64()));
        var poorer = new Transaction(2, ours.Inputs, ours.Outputs.Select(output => output with { Value = output.Value - Satoshis.Of(1) }), 0);
        Assert.Equal("escrow_changed_output", Refusal(Psbt.Create(poorer).ToBase64()));
        Assert.False(player.ShownEscrow().Signed);
        Assert.Equal("taken", Refusal(player.EscrowPart(contract)));
        Assert.Equal("taken", Refusal(player.EscrowPart(contract)));
        Play(game);
    }

    [Fact]
    public void A_funding_in_conflict_fails_until_every_escrow_is_spent()
    {
        using var world = Rich(710);
        using var game = new Game(world, escrow: true) { Mines = false };
        game.Create().Until("entries_collected");
        game.Mines = true;
        game.Until("signing_complete");
        game.Mines = false;
        game.Until("funding_broadcasted");
        var funding = OutPoint.Parse(game.View.FundingOutpoint!).Txid;
        world.Pass(TimeSpan.FromSeconds(10));
        var inputs = world.Chain.Find(funding)!.Transaction.Inputs.Select(input => input.PreviousOutput).ToList();
        var escrows = game.Players.Select(player => player.Escrow()!.OutPoint).ToList();
        var coin = inputs.Single(input => !escrows.Contains(input));
        var thief = world.Elsewhere(coin, world.Chain.OutputAt(coin)!);
        world.Chain.Evict(funding);
        Assert.Null(world.Chain.Submit(thief).Refused);
        world.Mine(3);
        game.Look();
        Assert.Equal("failed", game.View.State);
        foreach (var player in game.Players)
        {
            Assert.Equal("failed", game.View.State);
            Assert.Null(world.Chain.Submit(player.TakeBackTogether()!).Refused);
            world.Mine(1);
            game.Look();
        }

        world.Mine(2);
        game.Look();
        Assert.Equal("cancelled", game.View.State);
    }

    [Fact]
    public void What_nobody_claims_is_reclaimed_only_after_the_operators_word()
    {
        using var world = Rich(711);
        using var game = new Game(world, escrow: true);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        world.Run(() => world.Competition(game.Id).CancelAsync("storm"));
        var escrow = game.Players[0].ShownEscrow();
        world.Mine(escrow.RefundOpensAt!.Value + 144 - world.Chain.Height + 1);
        game.Look();
        var holds = game.View.Holds.Where(hold => hold.Kind == "escrow_unclaimed").ToList();
        Assert.Equal(3, holds.Count);
        Assert.All(game.Players, player => Assert.Null(world.Chain.SpenderOf(player.Escrow()!.OutPoint)));
        foreach (var hold in holds)
        {
            world.Run(() => world.Competition(game.Id).ReleaseHoldAsync(new OperatorWord($"escrow_unclaimed/{hold.Subject}", "operator", "paid by hand")));
        }

        world.Mine(3);
        Assert.All(game.Players, player => Assert.Equal(6, world.Chain.SpenderOf(player.Escrow()!.OutPoint)!.Value.By.Transaction.Inputs[0].Witness.Length));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(29)]
    [InlineData(41)]
    public void A_service_that_dies_again_and_again_ends_the_same(int every)
    {
        using var world = Rich(712);
        using var game = new Game(world, escrow: true);
        world.NextGate = () => new CrashGate(every * world.Lives);
        game.Create();
        world.Restart();
        Play(game);
    }

    /// <summary>A wallet with a coin for every escrow.</summary>
    private static World Rich(ulong seed, SigningMode signing = SigningMode.Local)
    {
        var world = new World(seed, signing == SigningMode.Keymeld ? World.ThroughKeymeld : null);
        for (var coin = 0; coin < 5; coin++)
        {
            world.Chain.Faucet(world.Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey, Satoshis.Of(500_000));
        }

        world.Mine(2);
        return world;
    }

    private static InvoiceState StateOf(World world, PaymentHash hash)
        => world.Lightning.Invoices(World.CoordinatorNode).Single(invoice => invoice.Hash == hash).State;

    /// <summary>Blocks until nothing of the escrows is open.</summary>
    private static void EndEscrows(Game game)
    {
        game.World.Mine(8);
        game.Look();
    }

    private static void CheckEscrowsBack(Game game)
    {
        var after = Ledger.CheckEnd(game);
        Assert.All(after.PlayersChain, sats => Assert.InRange(sats, game.Request.EntryFee * 9 / 10, game.Request.EntryFee - 1));
        game.Look();
        Assert.DoesNotContain(game.View.Holds, hold => hold.Kind == "escrow_unclaimed");
    }
}
