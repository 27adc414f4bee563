using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Coordinator.Cli.Wire;

namespace Coordinator.Cli;

/// <summary>
/// <c>bench http</c>: a real service on loopback, HTTP/1.1 kept alive, this program's own work on the same cores. Requests a second and how long
/// one took, beside what the disk can do in the same run.
/// </summary>
internal sealed class HttpBench(HttpBenchWorld world, HttpBenchOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);
    private readonly List<HttpBenchResult> _results = [];
    private readonly HttpLoad _load = new(world.Public, options.Connections, clock);

    /// <summary>Runs the benchmark and prints a table, or JSON with <c>--json</c>.</summary>
    public static async Task<int> RunAsync(HttpBenchOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var world = await HttpBenchWorld.StartAsync(options.ConnectionStringFile, clock, cancellation);
        await using (world)
        {
            await new HttpBench(world, options, clock).RunAsync(cancellation);
        }

        return 0;
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        Say($"{options.Connections} connections, {Environment.ProcessorCount} cores shared with the service and its simulators");
        var began = clock.GetTimestamp();
        await world.CreateAsync(options.Competitions, cancellation);
        Say(string.Create(CultureInfo.InvariantCulture, $"{options.Competitions} competitions created in {clock.GetElapsedTime(began).TotalSeconds:F1} s"));
        Say($"{"",-34} {"requests/s",11} {"p50 ms",8} {"p99 ms",8}");
        await ReadsAsync(cancellation);
        var before = DiskProbe.FsyncsPerSecond(world.Folder, Probe, clock);
        var (tickets, commits, commands) = await WritesAsync(cancellation);
        var after = DiskProbe.FsyncsPerSecond(world.Folder, Probe, clock);
        if (options.Json)
        {
            PrintJson(before, after, tickets, commits, commands);
        }
        else
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"fsyncs of this disk, 4 KiB one after the other: {before:F0}/s before, {after:F0}/s after"));
            Say(string.Create(CultureInfo.InvariantCulture,
                $"{tickets} acknowledged tickets in {commits:F0} commits ({(options.ConnectionStringFile is null ? "one fsync each" : "the server syncs several at once")}): {tickets / Math.Max(commits, 1):F1} tickets per commit, {commands:F0} writes"));
        }
    }

    private async Task ReadsAsync(CancellationToken cancellation)
    {
        var health = world.Get("/api/v1/health_check");
        await MeasureAsync("warm-up", _ => health, 200, cancellation, isShown: false);
        await MeasureAsync("health", _ => health, 200, cancellation);
        var page = world.Get("/api/v1/competitions?limit=50");
        await MeasureAsync("list, 50 lean items", _ => page, 200, cancellation);
        var packed = world.Get("/api/v1/competitions?limit=50", "Accept-Encoding: gzip, br\r\n");
        await MeasureAsync("list, 50 lean items, packed", _ => packed, 200, cancellation);
        var gets = world.Competitions.Select(id => world.Get($"/api/v1/competitions/{id}")).ToArray();
        await MeasureAsync("get", number => gets[number % gets.Length], 200, cancellation);
    }

    private async Task<(int Tickets, double Commits, double Commands)> WritesAsync(CancellationToken cancellation)
    {
        var count = Math.Min(options.Tickets, world.SeatCount);
        var competitions = new Guid[count];
        var requests = Enumerable.Range(0, count).Select(number =>
        {
            var bytes = world.Ticket(number, out var player, out competitions[number]);
            player.Dispose();
            return bytes;
        }).ToArray();
        var tickets = new ConcurrentDictionary<int, (string Ticket, string Entry)>();
        var warm = Math.Min(count / 4, 400);
        await MeasureAsync("warm-up", number => number < warm ? requests[number] : null, 200, cancellation, isShown: false);
        var (commandsBefore, commitsBefore) = await world.StorageAsync(cancellation);
        await MeasureAsync("ticket, durable", number => number + warm < count ? requests[number + warm] : null, 200, cancellation, Remember);
        var (commands, commits) = await world.StorageAsync(cancellation);
        var entries = tickets.Select(pair => world.Entry(pair.Key, competitions[pair.Key], pair.Value.Ticket, pair.Value.Entry)).ToArray();
        await MeasureAsync("entry, durable", number => number < entries.Length ? entries[number] : null, 200, cancellation);
        return (tickets.Count, commits - commitsBefore, commands - commandsBefore);

        void Remember(int number, WireAnswer answer)
        {
            using var json = JsonDocument.Parse(answer.Body);
            tickets[number + warm] = (json.RootElement.GetProperty("ticket_id").GetString()!, json.RootElement.GetProperty("entry_id").GetString()!);
        }
    }

    private async Task MeasureAsync(
        string name, Func<int, byte[]?> request, int expected, CancellationToken cancellation, Action<int, WireAnswer>? seen = null, bool isShown = true)
    {
        var result = await _load.RunAsync(name, request, expected, options.Time, seen, cancellation);
        if (!isShown)
        {
            return;
        }

        _results.Add(result);
        var refused = result.Refused.Count == 0 ? "" : "  refused: " + string.Join(", ", result.Refused.Select(pair => $"{pair.Value} x {pair.Key}"));
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Name,-34} {result.PerSecond,11:N0} {result.P50Milliseconds,8:F2} {result.P99Milliseconds,8:F2}{refused}"));
    }

    private void Say(string line)
    {
        if (!options.Json)
        {
            Console.WriteLine(line);
        }
    }

    private void PrintJson(double before, double after, int tickets, double commits, double commands)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("connections", options.Connections);
        json.WriteNumber("competitions", options.Competitions);
        json.WriteNumber("fsyncs_per_second_before", Math.Round(before));
        json.WriteNumber("fsyncs_per_second_after", Math.Round(after));
        json.WriteNumber("tickets", tickets);
        json.WriteNumber("ticket_commits", commits);
        json.WriteNumber("ticket_writes", commands);
        json.WriteStartArray("results");
        foreach (var result in _results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteNumber("requests_per_second", Math.Round(result.PerSecond, 1));
            json.WriteNumber("p50_ms", Math.Round(result.P50Milliseconds, 3));
            json.WriteNumber("p99_ms", Math.Round(result.P99Milliseconds, 3));
            json.WriteNumber("refused", result.Refused.Values.Sum());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}

/// <summary>What is measured, and for how long.</summary>
/// <param name="Time">At most, for each kind of request.</param>
/// <param name="ConnectionStringFile">Names a PostgreSQL database for the service's state; null keeps it in SQLite.</param>
internal sealed record HttpBenchOptions(int Competitions, int Connections, int Tickets, TimeSpan Time, bool Json, string? ConnectionStringFile);
