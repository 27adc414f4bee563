using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Simulators.Lnd;
using Coordinator.Wallet;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>What cannot be explained waits for an operator, is named, and holds up nobody else.</summary>
public sealed class HoldTests
{
    [Fact]
    public void Invoices_that_the_node_forgot_wait_for_the_operator_whose_word_counts_as_cancelled()
    {
        using var world = new World(300);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create();
        while (game.View.Totals.PaidEntries < 2)
        {
            game.Step();
        }

        ForgetInvoices(world);
        game.Until("cancelled");
        world.Pass(TimeSpan.FromMinutes(5));
        var holds = world.OpenHolds();
        Assert.Equal(["unknown_invoice", "unknown_invoice"], holds.Select(hold => hold.Kind));
        Assert.Equal(2, world.Status().OpenHolds);
        game.Look();
        Assert.Equal(holds.Select(hold => hold.Id).Order(), game.View.Holds.Select(hold => hold.Id).Order());

        Assert.Equal("hold_not_found", world.Release(holds[0].Id + "0")?.Code);
        Assert.Null(world.Release(holds[0].Id, "no such payment in the node's database"));
        Assert.Null(world.Release(holds[0].Id, "again"));
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Single(world.OpenHolds());
        var released = world.Holds().Single(hold => hold.Release is not null);
        Assert.Equal(("alice", "no such payment in the node's database"), (released.Release!.By, released.Release.Note));

        // The other one is found again: it is explained, and its payment goes back.
        world.LightningFaults.Clear();
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(world.OpenHolds());
        Assert.Equal(0, game.Watch.Settled);
    }

    [Fact]
    public void An_unknown_invoice_of_a_funded_competition_is_an_unsold_seat_once_the_operator_says_so()
    {
        using var world = new World(301);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        ForgetInvoices(world);
        for (var step = 0; step < 8; step++)
        {
            game.Step();
        }

        Assert.Equal("funding_confirmed", game.View.State);
        Assert.Equal(3, world.OpenHolds().Length);
        world.LightningFaults.Clear();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Empty(world.Holds());
    }

    [Fact]
    public void A_payment_that_the_journal_forgot_is_adopted_before_the_split_and_never_made_twice()
    {
        using var world = new World(302);
        using var game = new Game(world);
        Array.ForEach([.. game.Players], player => player.Takes = Taking.Never);
        game.Create().Until("outcome_broadcasted");
        var (winner, share) = Winner(game);
        var invoice = winner.PayoutInvoice(share);
        world.Lightning.Pay(World.CoordinatorNode, new SimulatedPayOrder(invoice, 0, 10_000, 0));

        game.Until("delta_broadcasted");
        var status = world.Run(() => world.Competition(game.Id).EntriesOfAsync(winner.Player)).Single().Payout!;
        Assert.Equal("paid", status.Stage);
        Assert.Empty(world.Holds());
        world.Mine(3);
        Assert.Equal("sellback", Spend(game, winner));
    }

    [Fact]
    public void A_payment_of_another_amount_to_a_payout_hash_is_held_and_the_others_are_paid()
    {
        using var world = new World(303);
        using var game = new Game(world);
        game.Create().Until("outcome_broadcasted");
        var (winner, _) = Winner(game);
        winner.Takes = Taking.Never;
        world.Lightning.Pay(World.CoordinatorNode, new SimulatedPayOrder(winner.PayoutInvoice(1), 0, 10_000, 0));
        game.Until("delta_broadcasted");
        var hold = Assert.Single(world.OpenHolds());
        Assert.Equal(("unexplained_payment", winner.Entry!.Id, 1L), (hold.Kind, hold.Entry!.Value, hold.Sats));
        var other = game.Players.Single(player => player != winner && player.Index >= 0
            && player.Signed!.Dlc.WinConditions.Contains(new WinCondition(Outcome.Attestation(0), player.Index)));
        Assert.Equal("paid", world.Run(() => world.Competition(game.Id).EntriesOfAsync(other.Player)).Single().Payout!.Stage);
        winner.Takes = Taking.OnChain;
        game.Until("completed");
    }

    [Fact]
    public void Refunds_for_a_pool_replaced_after_settling_stay_owed_until_the_operator_made_them()
    {
        using var world = new World(304);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        Replace(world, game);
        game.Until("failed");
        var holds = world.OpenHolds().Where(hold => hold.Kind == "refund_owed").ToList();
        Assert.Equal(3, holds.Count);
        Assert.Equal(3, game.View.Owed.Length);
        Assert.All(holds, hold => Assert.Equal(game.View.TicketPrice, hold.Sats));
        foreach (var hold in holds)
        {
            Assert.Null(world.Release(hold.Id, "paid back by hand"));
        }

        game.Until("cancelled");
        Assert.Empty(game.View.Owed);
    }

    [Fact]
    public void A_reserved_coin_that_a_stranger_spent_is_named_and_its_reservation_ends_at_depth()
    {
        using var world = new World(305);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        Replace(world, game);
        game.Until("cancelled");
        world.Mine(6);
        var holds = world.OpenHolds();
        Assert.NotEmpty(holds);
        Assert.All(holds, hold => Assert.Equal("foreign_coin_spend", hold.Kind));
        Assert.All(holds, hold => Assert.Null(world.Release(hold.Id)));
        Assert.Empty(world.OpenHolds());
        Assert.Equal(0, world.Run(() => world.Grains.GetGrain<IWalletGrain>(0).BalanceAsync()).Value!.Reserved);
    }

    [Fact]
    public void Coins_of_a_decided_payment_are_free_without_anybody_asking()
    {
        using var world = new World(306);
        using var game = new Game(world);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        world.Mine(6);
        Assert.Equal(0, world.Run(() => world.Grains.GetGrain<IWalletGrain>(0).BalanceAsync()).Value!.Reserved);
    }

    private static void ForgetInvoices(World world)
        => world.LightningFaults.Script(new LndFault("LookupInvoiceV2", LndFaultKind.Refuse, Count: 100_000, Status: 5, Text: "unable to locate invoice"));

    private static (TestPlayer Player, long Share) Winner(Game game)
    {
        var shares = Shares(game, Outcome.Attestation(0));
        var index = Array.FindIndex(shares, share => share > 0);
        return (game.Players[index], shares[index]);
    }

    /// <summary>A stranger spends the coins of the funding transaction, for good.</summary>
    private static void Replace(World world, Game game)
    {
        var funding = OutPoint.Parse(game.View.FundingOutpoint!).Txid;
        if (world.Chain.Find(funding) is { Block: not null })
        {
            world.Chain.Reorganise(world.Chain.Height - world.Chain.Find(funding)!.Block!.Height + 1);
        }

        world.Chain.Evict(funding);
        var order = new SpendOrder
        {
            Owner = "conflict",
            Outputs = [],
            DrainTo = world.Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey,
            FeeRate = FeeRate.FromSatPerVbyte(3),
        };
        Assert.True(world.Run(() => world.Wallet.PrepareAsync(order, CancellationToken.None)).TryGet(out var prepared));
        Assert.True(world.Run(() => world.Wallet.FinalizeAsync("conflict", world.Wallet.ToPsbt(prepared), CancellationToken.None)).TryGet(out var conflict));
        world.Chain.Mine(world.Clock.GetUtcNow(), [conflict]);
        world.Wake(WakeReason.Block);
    }

    private static string Spend(Game game, TestPlayer winner)
    {
        var dlc = winner.Signed!.Dlc;
        var win = new WinCondition(Outcome.Attestation(0), winner.Index);
        var spender = game.World.Chain.SpenderOf(new OutPoint(dlc.SplitTxid(win.Outcome), (uint)dlc.SplitOutputIndex(win)));
        return spender is not { } by ? "unspent"
            : new Script(by.By.Transaction.Inputs[by.Input].Witness[^2]).Equals(dlc.SplitOutput(winner.Index).SellbackLeaf.Script) ? "sellback" : "other";
    }
}
