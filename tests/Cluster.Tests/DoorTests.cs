using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>What comes in at the door: drafts, proofs, and keys and hashes that belong to one seat for ever (D39).</summary>
public sealed class DoorTests
{
    [Fact]
    public void A_draft_that_comes_with_the_ticket_is_completed_by_the_payment()
    {
        using var world = new World(400);
        using var game = new Game(world);
        game.Create();
        var player = game.Players[0];
        var grain = world.Competition(game.Id);
        var draft = Draft(world, player);
        var ticket = player.Ask(() => grain.RequestTicketAsync(new TicketRequest(player.Player, player.Key.PublicKey.ToHex(), draft)))!;
        var again = player.Ask(() => grain.RequestTicketAsync(new TicketRequest(player.Player, player.Key.PublicKey.ToHex(), draft)))!;
        Assert.Equal(ticket, again);
        world.Lightning.Pay(player.Name, new Simulators.Lnd.SimulatedPayOrder(ticket.PaymentRequest, 0, 10_000, 0));
        world.Pass(TimeSpan.FromSeconds(5));
        world.Wake(WakeReason.Invoice);
        Assert.Equal("Used", world.Run(() => grain.TicketStatusAsync(player.Player, ticket.TicketId)).Value);
        Assert.Equal(ticket.EntryId, world.Run(() => grain.EntriesOfAsync(player.Player)).Single().Id);
    }

    [Fact]
    public void A_draft_that_is_refused_leaves_the_ticket_to_its_holder()
    {
        using var world = new World(401);
        using var game = new Game(world);
        game.Create();
        var player = game.Players[0];
        var bad = Draft(world, player) with { Picks = [new StationPicksMessage("NOWHERE", "Over", null, null)] };
        Assert.Null(player.Ask(() => player.Grain.RequestTicketAsync(new TicketRequest(player.Player, player.Key.PublicKey.ToHex(), bad))));
        Assert.Equal("unknown_station", player.LastProblem!.Code);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void Keys_and_payout_hashes_are_used_once_over_all_competitions()
    {
        using var world = new World(402);
        using var first = new Game(world);
        using var second = new Game(world);
        first.Create().Step();
        second.Create();
        var (old, thief) = (first.Players[0], second.Players[1]);
        var taken = old.EntryFor(old.Ticket!);
        Assert.NotNull(old.Entry);

        // The same key under another player's name, then the same payout hash with a fresh key.
        var ticket = thief.Ask(() => thief.Grain.RequestTicketAsync(new TicketRequest(thief.Player, taken.EphemeralPubkey)))!;
        Assert.Null(thief.Ask(() => thief.Grain.SubmitEntryAsync(thief.EntryFor(ticket) with { EphemeralPubkey = taken.EphemeralPubkey })));
        Assert.Equal("key_in_use", thief.LastProblem!.Code);
        ticket = thief.Ask(() => thief.Grain.RequestTicketAsync(new TicketRequest(thief.Player, thief.Key.PublicKey.ToHex())))!;
        Assert.Null(thief.Ask(() => thief.Grain.SubmitEntryAsync(thief.EntryFor(ticket) with { PayoutHash = taken.PayoutHash })));
        Assert.Equal("payout_hash_in_use", thief.LastProblem!.Code);
        Assert.Null(thief.Ask(() => thief.Grain.SubmitEntryAsync(thief.EntryFor(ticket) with { PayoutHash = old.Ticket!.PaymentHash })));
        Assert.Equal("payout_hash_in_use", thief.LastProblem!.Code);
        Assert.NotNull(thief.Ask(() => thief.Grain.SubmitEntryAsync(thief.EntryFor(ticket))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_proof_of_the_entrys_key_is_checked_where_it_is_given_and_asked_for_where_the_operator_says_so(bool required)
    {
        using var world = new World(403, settings => settings with { RequireKeyProof = required });
        using var game = new Game(world);
        game.Create();
        var player = game.Players[0];
        var ticket = player.Ask(() => player.Grain.RequestTicketAsync(new TicketRequest(player.Player, player.Key.PublicKey.ToHex())))!;
        var entry = player.EntryFor(ticket);
        var identity = XOnlyPublicKey.Parse(player.Player);
        using var stranger = SecretKey.From(world.Random.Bytes(32));
        foreach (var wrong in new[]
        {
            "zz",
            Hex.Encode(KeyPossession.Prove(stranger, game.Id, ticket.TicketId, identity)),
            Hex.Encode(KeyPossession.Prove(player.Key, Guid.AllBitsSet, ticket.TicketId, identity)),
            Hex.Encode(KeyPossession.Prove(player.Key, game.Id, Guid.AllBitsSet, identity)),
            Hex.Encode(KeyPossession.Prove(player.Key, game.Id, ticket.TicketId, stranger.XOnly)),
        })
        {
            Assert.Null(player.Ask(() => player.Grain.SubmitEntryAsync(entry with { KeyProof = wrong })));
            Assert.Equal("invalid_key_proof", player.LastProblem!.Code);
        }

        if (required)
        {
            Assert.Null(player.Ask(() => player.Grain.SubmitEntryAsync(entry)));
            Assert.Equal("key_proof_missing", player.LastProblem!.Code);
        }

        var proof = Hex.Encode(KeyPossession.Prove(player.Key, game.Id, ticket.TicketId, identity));
        Assert.NotNull(player.Ask(() => player.Grain.SubmitEntryAsync(entry with { KeyProof = proof })));
    }

    [Fact]
    public void A_competition_is_deleted_only_when_nothing_of_it_is_open_and_then_for_good()
    {
        using var world = new World(404);
        using var game = new Game(world);
        game.Create().Step();
        var grain = world.Competition(game.Id);
        Assert.Equal("not_deletable", world.Run(grain.DeleteAsync).Problem!.Code);
        Assert.NotNull(world.Run(() => grain.CancelAsync("storm")).Value);
        game.Until("cancelled");
        world.Pass(TimeSpan.FromMinutes(3));
        Assert.NotNull(world.Run(grain.DeleteAsync).Value);
        Assert.Equal("competition_not_found", world.Run(grain.GetAsync).Problem!.Code);
        Assert.Equal("competition_not_found", world.Run(grain.DeleteAsync).Problem!.Code);
        Assert.True(world.Run(() => world.Grains.GetGrain<IDirectoryGrain>(0).ListAsync()).Single().Deleted);
        world.Restart();
        Assert.Equal("competition_not_found", world.Run(grain.GetAsync).Problem!.Code);
    }

    private static EntryRequest Draft(World world, TestPlayer player) => new(
        player.Player, Guid.Empty, Guid.Empty, player.Key.PublicKey.ToHex(), "sealed", Hex.Encode(world.Random.Bytes(32)), "sealed",
        ImmutableArray.Create(new StationPicksMessage("KDEN", "Over", "Par", null)), null, null);
}
