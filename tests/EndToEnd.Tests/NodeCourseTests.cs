using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Players;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Clients from npm, nostr-tools and fetch, play a whole competition against the service. The signing rounds, which need what no
/// npm package has, are left to the demo players' code with the clients' keys, as a browser leaves them to its wallet.</summary>
public sealed class NodeCourseTests
{
    private const int Seed = 11;
    private const long EntryFee = 50_000;
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

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
        var signing = SignAsync(world, competition, seats, stop.Token);
        await UntilAsync(world, competition, "outcome_broadcasted", stop.Token);
        Assert.Equal(0, await signing);
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

    /// <summary>The keys that the demo players' code derives for this seed.</summary>
    private static string Key(int player, string purpose)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"demo player {player} of seed {Seed}: {purpose}")));

    /// <summary>Verifies and signs with the clients' keys, from files in which the seats are already taken; claims nothing.</summary>
    private static async Task<int> SignAsync(UpWorld world, Guid competition, List<JsonNode> seats, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(world.Folder, "npm-players")).FullName;
        var view = await world.JsonAsync("GET", new Uri(world.Public, $"/api/v1/competitions/{competition}"));
        var terms = view.GetProperty("event_submission");
        foreach (var (player, seat) in seats.Index())
        {
            var record = new JsonObject
            {
                ["terms"] = JsonSerializer.SerializeToNode(
                    new
                    {
                        Entries = 2,
                        Places = 1,
                        Pool = 2 * EntryFee,
                        Delta = terms.GetProperty("relative_locktime_block_delta").GetInt32(),
                        Price = view.GetProperty("ticket_price_sats").GetInt64(),
                        SigningDate = terms.GetProperty("signing_date").GetDateTimeOffset(),
                        Stations = new[] { "KDEN", "KJFK" },
                        Values = 3,
                    },
                    Snake),
                ["payout_preimage"] = seat["payout_preimage"]!.DeepClone(),
                ["seat"] = new JsonObject
                {
                    ["ticket"] = seat["ticket"]!.DeepClone(),
                    ["entry"] = seat["entry"]!.DeepClone(),
                    ["payment_request"] = seat["payment_request"]!.DeepClone(),
                    ["ticket_hash"] = seat["ticket_hash"]!.DeepClone(),
                },
                ["entered"] = true,
            };
            await File.WriteAllTextAsync(Path.Combine(folder, $"player-{player:D2}.json"), record.ToJsonString(), cancellation);
        }

        var options = new PlayersOptions(
            folder, world.Public, world.Simulator("lnd_control"), world.Simulator("chain"), world.Simulator("oracle"), competition, seats.Count, Seed, PayoutChoice.None);
        return await PlayersHost.RunAsync(options, TextWriter.Null, TextWriter.Null, TimeProvider.System, cancellation);
    }

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
