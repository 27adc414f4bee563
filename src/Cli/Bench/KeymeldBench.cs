using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Keymeld;

namespace Coordinator.Cli;

/// <summary>
/// <c>bench keymeld</c>: what it takes to sign one contract through a Keymeld gateway on loopback, the simulator in a process of its own, the
/// client here, every signature verified.
/// </summary>
internal static class KeymeldBench
{
    private static readonly (int Players, int Places)[] Standard = [(5, 2), (10, 3), (20, 2)];

    /// <summary>Runs and prints a line per shape, or JSON.</summary>
    /// <param name="players">With <paramref name="places"/>: this shape only; both or neither.</param>
    /// <returns>0; 2 for a shape that cannot be signed so, with one line on standard error.</returns>
    public static async Task<int> RunAsync(int? players, int? places, bool json, TimeProvider clock, CancellationToken cancellation)
    {
        (int Players, int Places)[] shapes = players is { } one && places is { } other ? [(one, other)] : Standard;
        var complaint = players is null == places is null
            ? shapes.Select(shape => WinnerSets.Refusal(shape.Players, shape.Places)).FirstOrDefault(refusal => refusal is not null)
            : "--players and --places belong together";
        if (complaint is not null)
        {
            await Console.Error.WriteLineAsync(complaint);
            return 2;
        }

        using var folder = DataFolder.Open(null);
        var simulators = ChildProcess.Start(
            Binaries.Simulators, ["--data", folder.Simulators, "--stop-with-input"], folder.Log(Binaries.Simulators), static _ => { }, clock);
        await using (simulators)
        {
            var ready = await simulators.ReadyAsync(cancellation);
            await MeasureAsync(ready.GetProperty("keymeld").GetString()!, ready.GetProperty("keymeld_control").GetString()!, shapes, json, clock, cancellation);
        }

        folder.Forget();
        return 0;
    }

    private static async Task MeasureAsync(
        string gateway, string control, (int Players, int Places)[] shapes, bool json, TimeProvider clock, CancellationToken cancellation)
    {
        using var client = WorldHttp.CreateClient();
        var remote = new HttpKeymeldGateway(client, new KeymeldOptions { BaseAddress = new Uri(gateway) }, clock);
        var counters = new KeymeldCounts(new WorldHttp(client), new Uri(control + "/counters"));
        for (var i = 0; i < 2; i++)
        {
            await new KeymeldBenchRun(remote, 5, 2, clock).PlayAsync(cancellation); // compiles both sides before anything is timed
        }

        if (!json)
        {
            Console.WriteLine($"one contract signed through a Keymeld gateway on loopback, {Environment.ProcessorCount} core(s) for both sides; times in ms");
            Console.WriteLine("   shape  items  sessions  requests   KiB to    KiB from   keygen  signing    total");
        }

        foreach (var (players, places) in shapes)
        {
            var before = await counters.NowAsync(cancellation);
            var result = await new KeymeldBenchRun(remote, players, places, clock).PlayAsync(cancellation);
            var after = await counters.NowAsync(cancellation);
            Print(players, places, result, after.Less(before), json);
        }
    }

    private static void Print(int players, int places, KeymeldBenchResult result, KeymeldCount count, bool json)
    {
        if (json)
        {
            Console.WriteLine(new JsonObject
            {
                ["players"] = players,
                ["places"] = places,
                ["items"] = result.Items,
                ["keygen_sessions"] = count.Keygens,
                ["signing_sessions"] = count.Signings,
                ["requests"] = count.Requests,
                ["bytes_to_gateway"] = count.BytesIn,
                ["bytes_from_gateway"] = count.BytesOut,
                ["keygen_ms"] = Math.Round(result.Keygen.TotalMilliseconds),
                ["signing_ms"] = Math.Round(result.Signing.TotalMilliseconds),
                ["total_ms"] = Math.Round(result.Total.TotalMilliseconds),
            }.ToJsonString());
        }
        else
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{$"({players},{places})",8} {result.Items,6} {count.Keygens + count.Signings,9} {count.Requests,9} {count.BytesIn / 1_024,8} {count.BytesOut / 1_024,11} "
                    + $"{result.Keygen.TotalMilliseconds,8:F0} {result.Signing.TotalMilliseconds,8:F0} {result.Total.TotalMilliseconds,8:F0}"));
        }
    }

    /// <summary>What went over the wire.</summary>
    private sealed record KeymeldCount(long Requests, long BytesIn, long BytesOut, long Keygens, long Signings)
    {
        public KeymeldCount Less(KeymeldCount before) => new(
            Requests - before.Requests, BytesIn - before.BytesIn, BytesOut - before.BytesOut, Keygens - before.Keygens, Signings - before.Signings);
    }

    /// <summary>The simulator's counters.</summary>
    private sealed class KeymeldCounts(WorldHttp http, Uri address)
    {
        public async Task<KeymeldCount> NowAsync(CancellationToken cancellation)
        {
            var json = await http.JsonAsync(HttpMethod.Get, address, null, null, cancellation);
            return new KeymeldCount(
                json.GetProperty("requests").GetInt64(), json.GetProperty("bytes_in").GetInt64(), json.GetProperty("bytes_out").GetInt64(),
                json.GetProperty("keygen_sessions").GetInt64(), json.GetProperty("signing_sessions").GetInt64());
        }
    }
}
