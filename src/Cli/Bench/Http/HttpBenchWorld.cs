using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Nostr;

namespace Coordinator.Cli;

/// <summary>A service with its simulators, many competitions, and requests to it that are signed ahead: signing is work of players' machines.</summary>
internal sealed class HttpBenchWorld : IAsyncDisposable
{
    private const int Seats = 10;
    private const int AtOnce = 16;
    private readonly DataFolder _folder;
    private readonly LocalWorld _world;
    private readonly HttpClient _http = WorldHttp.CreateClient();
    private readonly TimeProvider _clock;

    private HttpBenchWorld(DataFolder folder, LocalWorld world, TimeProvider clock) => (_folder, _world, _clock) = (folder, world, clock);

    public Uri Public => _world.Addresses.Public;

    public string Folder => _folder.Root;

    public List<Guid> Competitions { get; } = [];

    public int SeatCount => Competitions.Count * Seats;

    /// <summary>Starts on free ports, without the limits that keep one address from using all there is.</summary>
    /// <param name="connectionStringFile">Names the PostgreSQL database for the service's state; null keeps it in SQLite.</param>
    /// <param name="clock">Of all waits.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<HttpBenchWorld> StartAsync(string? connectionStringFile, TimeProvider clock, CancellationToken cancellation)
    {
        foreach (var limit in new[] { "AddressPerSecond", "UserPerSecond", "AuthenticationPerSecond" })
        {
            Environment.SetEnvironmentVariable($"COORDINATOR__Gateway__Limits__{limit}", "0");
        }

        Environment.SetEnvironmentVariable("COORDINATOR__Gateway__Limits__ConnectionsPerAddress", "4096");
        var folder = DataFolder.Open(null);
        try
        {
            var options = new LocalWorldOptions(Seed: 1, IsHurried: false, SigningChoice.Local) { ConnectionStringFile = connectionStringFile };
            return new(folder, await LocalWorld.StartAsync(folder, ServicePorts.Free, options, clock, cancellation), clock);
        }
        catch
        {
            folder.Forget();
            throw;
        }
    }

    /// <summary>Creates competitions over the operator's listener.</summary>
    public async Task CreateAsync(int count, CancellationToken cancellation)
    {
        var http = new WorldHttp(_http);
        var token = await File.ReadAllTextAsync(_folder.TokenFile, cancellation);
        var now = _clock.GetUtcNow();
        Competitions.AddRange(Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now)));
        await Parallel.ForEachAsync(
            Competitions,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (id, stop) => await http.JsonAsync(HttpMethod.Post, new Uri(_world.Addresses.Operator, "/api/v1/competitions"), Terms(id, now), token, stop));
    }

    /// <summary>Commands and commits of the service's database so far.</summary>
    public async Task<(double Commands, double Commits)> StorageAsync(CancellationToken cancellation)
    {
        var page = await _http.GetStringAsync(new Uri(_world.Addresses.Metrics, "/metrics"), cancellation);
        return (Sum(page, "coordinator_storage_commands_total"), Sum(page, "coordinator_storage_commits_total"));
    }

    /// <summary>Bytes of memory that the service has of the machine.</summary>
    public async Task<long> MemoryAsync(CancellationToken cancellation)
        => (long)Sum(await _http.GetStringAsync(new Uri(_world.Addresses.Metrics, "/metrics"), cancellation), "coordinator_process_resident_bytes");

    /// <summary>One ticket request of a player of its own for each seat, spread over all competitions.</summary>
    public byte[] Ticket(int number, out SecretKey player, out Guid competition)
    {
        player = Key("player", number);
        competition = Competitions[number % Competitions.Count];
        using var ephemeral = Key("entry", number);
        return Signed(player, $"/api/v1/competitions/{competition}/ticket", $$"""{"btc_pubkey":"{{ephemeral.PublicKey.ToHex()}}"}""");
    }

    /// <summary>The entry for a ticket that was answered.</summary>
    public byte[] Entry(int number, Guid competition, string ticket, string entry)
    {
        using var player = Key("player", number);
        using var ephemeral = Key("entry", number);
        var body = $$"""
            {"id":"{{entry}}","ticket_id":"{{ticket}}","ephemeral_pubkey":"{{ephemeral.PublicKey.ToHex()}}","ephemeral_privatekey_encrypted":"sealed",
            "payout_hash":"{{Hex.Encode(Hashes.Sha256(Encoding.ASCII.GetBytes($"payout {number}")))}}","payout_preimage_encrypted":"sealed","event_id":"{{competition}}",
            "expected_observations":[{"stations":"KDEN","wind_speed":"Over","temp_high":"Par"},{"stations":"KJFK","temp_low":"Under"}]}
            """;
        return Signed(player, "/api/v1/entries", body);
    }

    public byte[] Get(string target, string? headers = null) => Wire.WireClient.Request("GET", target, Public.Authority, headers);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _world.DisposeAsync();
        _folder.Forget();
    }

    private static SecretKey Key(string purpose, int number)
        => SecretKey.From(Hashes.Sha256(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench {purpose} {number}"))));

    private static double Sum(string page, string name) => page.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private byte[] Signed(SecretKey player, string target, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var header = Nip98Header.Create(player, new Uri(Public, target).AbsoluteUri, "POST", body, _clock.GetUtcNow());
        return Wire.WireClient.Request("POST", target, Public.Authority, $"Authorization: {header}\r\n", body);
    }

    private static JsonObject Terms(Guid id, DateTimeOffset now) => new()
    {
        ["id"] = id.ToString(),
        ["signing_date"] = Text(now + TimeSpan.FromHours(8)),
        ["start_observation_date"] = Text(now + TimeSpan.FromHours(4)),
        ["end_observation_date"] = Text(now + TimeSpan.FromHours(7)),
        ["locations"] = new JsonArray("KDEN", "KJFK", "KSEA"),
        ["number_of_values_per_entry"] = 6,
        ["number_of_places_win"] = 1,
        ["total_allowed_entries"] = Seats,
        ["entry_fee"] = 50_000,
        ["coordinator_fee_percentage"] = 5,
        ["total_competition_pool"] = 50_000 * Seats,
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
