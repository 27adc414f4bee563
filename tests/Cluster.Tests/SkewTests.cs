using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Storage;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>A restore whose databases are not of one instant: each is shipped by itself (docs/backup.md has the table).</summary>
public sealed class SkewTests
{
    private const string Script = "5120" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    private readonly MemoryMark _mark = new();

    [Fact]
    public void A_wallet_that_knows_a_payment_of_terms_that_nobody_stored_makes_it_anew_until_it_was_signed()
    {
        using var world = new World(350, mark: _mark);
        var (owner, wallet) = ($"funding/{Guid.AllBitsSet}", world.Grains.GetGrain<IWalletGrain>(0));
        var first = Value(world, wallet, owner, 100_000);
        Assert.Equal(first.Psbt, Value(world, wallet, owner, 100_000).Psbt);
        var second = Value(world, wallet, owner, 120_000);
        Assert.NotEqual(first.Outpoint, second.Outpoint);
        Assert.Equal("other_psbt", world.Run(() => wallet.FinalizeAsync(owner, first.Psbt)).Problem?.Code);
        Assert.NotNull(world.Run(() => wallet.FinalizeAsync(owner, second.Psbt)).Value);
        Assert.Equal("broadcast", world.Run(() => wallet.FundAsync(new FundRequest(owner, Script, 130_000, 1_000, 1))).Problem?.Code);
        Assert.Equal(second.Psbt, Value(world, wallet, owner, 120_000).Psbt);
    }

    [Fact]
    public void A_contract_whose_payment_the_wallet_lost_before_it_was_sent_is_given_up_in_time_and_everybody_has_their_money_back()
    {
        using var world = new World(351, mark: _mark);
        using var game = new Game(world);
        game.Create();
        var older = world.Backup();
        game.Until("signing_complete");
        Restore(world, older);
        for (var block = 0; block < 400 && game.View.State != "failed"; block++)
        {
            game.Step();
        }

        world.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal("held payments came too near their expiry before the funding was deep enough", game.View.Reason);
        Assert.All(world.Lightning.Invoices(World.CoordinatorNode), invoice => Assert.Equal(InvoiceState.Canceled, invoice.State));
        Assert.Equal(game.Before.PlayersMsat.AsEnumerable(), Ledger.Take(game).PlayersMsat);
    }

    [Fact]
    public void A_funding_that_is_out_goes_on_though_the_wallet_lost_its_payment()
    {
        using var world = new World(352, mark: _mark);
        using var game = new Game(world);
        game.Create();
        var older = world.Backup();
        game.Until("funding_broadcasted");
        Restore(world, older);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    /// <summary>The competitions as they are, under an older wallet.</summary>
    private void Restore(World world, MemoryDisk older)
    {
        var (now, before) = (world.Backup().Ports(DocumentJson.Options), older.Copy().Ports(DocumentJson.Options));
        _mark.Value = null;
        world.Restore(now with { BitcoinDocuments = before.BitcoinDocuments, Reservations = before.Reservations, Cursors = before.Cursors });
        Assert.True(world.Status().SettleOnly);
        world.Pass(TimeSpan.FromSeconds(15));
        Assert.False(world.Status().Restoring);
        Assert.Null(world.SettleOnly(false));
    }

    private static FundedPsbt Value(World world, IWalletGrain wallet, string owner, long sats)
    {
        var answer = world.Run(() => wallet.FundAsync(new FundRequest(owner, Script, sats, 1_000, 1)));
        Assert.True(answer.Problem is null, answer.Problem?.Detail);
        return answer.Value!;
    }
}
