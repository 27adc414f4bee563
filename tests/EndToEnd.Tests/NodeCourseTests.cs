using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Clients from npm, nostr-tools and fetch, play a whole competition against the service: they leave signing to Keymeld, as the old
/// API's browsers do.</summary>
public sealed class NodeCourseTests
{
    private const long EntryFee = 50_000;

    [Fact]
    public async Task Clients_from_npm_register_buy_enter_and_are_paid()
    {
        await using var world = await UpWorld.StartAsync();
        var competition = await CreateAsync(world);
        var orders = Enumerable.Range(0, 2).Select(player => Order(world, competition, player)).ToArray();
        var seats = new List<JsonNode>();
        foreach (var order in orders)
        {
            seats.Add(JsonNode.Parse(await NodeClient.RunAsync("course.mjs", order, "join"))!);
        }

        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        await UntilAsync(world, competition, "outcome_broadcasted", stop.Token);
        var ends = new List<JsonElement>();
        foreach (var (order, seat) in orders.Zip(seats))
        {
            foreach (var member in seat.AsObject())
            {
                order[member.Key] = member.Value!.DeepClone();
            }

            ends.Add(JsonDocument.Parse(await NodeClient.RunAsync("course.mjs", order, "collect")).RootElement.Clone());
        }

        Assert.Equal(["nothing", "paid"], ends.Select(end => end.GetProperty("stage").GetString()).Order());
        Assert.InRange(ends.Sum(end => end.GetProperty("sats").GetInt64()), EntryFee, 2 * EntryFee);
        await UntilAsync(world, competition, "completed", stop.Token);
    }

    private static async Task<Guid> CreateAsync(UpWorld world)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await world.OperatorAsync("POST", "/api/v1/competitions", new
        {
            id,
            signing_date = now.AddHours(4),
            start_observation_date = now.AddMinutes(20),
            end_observation_date = now.AddHours(3),
            locations = new[] { "KDEN", "KJFK" },
            number_of_values_per_entry = 3,
            number_of_places_win = 1,
            total_allowed_entries = 2,
            entry_fee = EntryFee,
            coordinator_fee_percentage = 5,
            total_competition_pool = 2 * EntryFee,
        });
        return id;
    }

    private static JsonObject Order(UpWorld world, Guid competition, int player) => new()
    {
        ["public"] = world.Public.AbsoluteUri,
        ["wallet"] = world.Simulator("lnd_control").AbsoluteUri,
        ["node"] = $"player-{player:D2}",
        ["identity_hex"] = Key(player, "identity"),
        ["entry_hex"] = Key(player, "entry"),
        ["competition"] = competition.ToString(),
        ["username"] = $"player{player}",
    };

    private static string Key(int player, string purpose) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"npm player {player}: {purpose}")));

    /// <summary>Moves the world until the competition is there: blocks where something waits for one, the oracle's word where it is awaited.</summary>
    private static async Task UntilAsync(UpWorld world, Guid competition, string wanted, CancellationToken cancellation)
    {
        var attested = false;
        while (await world.StateAsync(competition) is var state && state != wanted)
        {
            Assert.False(state is "failed" or "cancelled", $"the competition is {state}");
            await world.MineWaitingAsync();
            if (state == "awaiting_attestation" && !attested)
            {
                await world.AttestAsync(competition);
                attested = true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, cancellation);
        }
    }
}
