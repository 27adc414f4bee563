using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Wallet;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>A funding transaction that does not confirm, that is replaced, or that a reorganisation takes back.</summary>
public sealed class FundingTests
{
    [Fact]
    public void Payments_too_near_their_expiry_are_given_back_and_the_pool_comes_home()
    {
        using var world = new World(40);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        var funding = OutPoint.Parse(game.View.FundingOutpoint!).Txid;
        world.Chain.Hold(funding);
        game.Until("failed");
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(0, game.Watch.Settled);
        Assert.Equal(game.Before.PlayersMsat.AsEnumerable(), Ledger.Take(game).PlayersMsat);
        world.Chain.Release(funding);
        world.Mine(2);
        world.Oracle.Attest(game.Id, 3);
        world.Wake(WakeReason.Oracle);
        game.Until("completed");
        var after = Ledger.CheckEnd(game);
        Assert.Equal(0, game.Watch.Settled);
        Assert.Equal(game.Before.PlayersMsat.AsEnumerable(), after.PlayersMsat);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
    }

    [Fact]
    public void A_funding_transaction_replaced_for_good_cancels_everything()
    {
        using var world = new World(41);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        world.Chain.Evict(OutPoint.Parse(game.View.FundingOutpoint!).Txid);
        var order = new SpendOrder
        {
            Owner = "conflict",
            Outputs = [],
            DrainTo = world.Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey,
            FeeRate = FeeRate.FromSatPerVbyte(3),
        };
        Assert.True(world.Run(() => world.Wallet.PrepareAsync(order, CancellationToken.None)).TryGet(out var prepared));
        var psbt = world.Wallet.ToPsbt(prepared);
        Assert.True(world.Run(() => world.Wallet.FinalizeAsync("conflict", psbt, CancellationToken.None)).TryGet(out var conflict));
        world.Chain.Mine(world.Clock.GetUtcNow(), [conflict]);
        world.Wake(WakeReason.Block);
        game.Until("cancelled");
        world.Mine(6);
        Assert.Contains(conflict.Txid.ToString(), game.View.Reason, StringComparison.Ordinal);
        var after = Ledger.CheckEnd(game);
        Assert.Equal(game.Before.PlayersMsat.AsEnumerable(), after.PlayersMsat);
        Assert.Equal(0, game.Watch.Settled);
    }

    [Fact]
    public void A_funding_transaction_that_the_mempool_forgets_is_sent_again()
    {
        using var world = new World(42);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        var funding = OutPoint.Parse(game.View.FundingOutpoint!).Txid;
        world.Chain.Evict(funding);
        world.Pass(TimeSpan.FromMinutes(3));
        Assert.NotNull(world.Chain.Find(funding));
        CheckEveryWinnerOnce(game, Play(game), Coordinator.Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_reorganisation_after_the_outcome_changes_nobody_s_money()
    {
        using var world = new World(43);
        using var game = new Game(world);
        game.Players[0].Takes = Taking.OnChain;
        game.Create().Until("outcome_broadcasted");
        world.Chain.Reorganise(2);
        world.Wake(WakeReason.Block);
        CheckEveryWinnerOnce(game, Play(game), Coordinator.Dlc.Outcome.Attestation(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_winner_whose_payment_was_lost_before_the_settlement_is_never_paid(int lost)
    {
        using var world = new World(44 + (ulong)lost);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        var outcome = Coordinator.Dlc.Outcome.Attestation(0);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.Lightning;
        }

        var winners = game.Players.Where(player => player.Signed!.Dlc.WinConditions.Contains(new Coordinator.Dlc.WinCondition(outcome, player.Index)));
        var unsold = winners.Take(lost).ToList();
        foreach (var player in unsold)
        {
            Assert.True(world.Lightning.AutoCancel(PaymentHash.FromBytes(Hex.Decode(player.Ticket!.PaymentHash))));
        }

        game.Until("outcome_broadcasted");
        world.Mine();
        foreach (var player in unsold)
        {
            Assert.Null(player.TicketPreimage);
            Assert.Equal("nothing", world.Run(() => world.Competition(game.Id).EntriesOfAsync(player.Player)).Single().Payout!.Stage);
        }

        game.Until("completed");
        var after = Ledger.CheckEnd(game);
        Assert.Equal(3 - lost, game.Watch.Settled);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
        var gained = Gained(game, after);
        var shares = Shares(game, outcome);
        foreach (var (index, player) in game.Players.Index())
        {
            // Who was not sold has the ticket's price and its routing fee back, and no share.
            Assert.Equal(unsold.Contains(player) ? game.View.TicketPrice + 1 : shares[index], gained[index]);
        }
    }
}
