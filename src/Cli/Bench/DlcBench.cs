using System.Globalization;
using System.Text.Json;
using Coordinator.Dlc;

namespace Coordinator.Cli;

/// <summary>
/// <c>bench dlc</c>: what one outcome-bound, anchored contract costs the coordinator, per shape, in milliseconds and in schnorr
/// verifications measured in the same run.
/// </summary>
public static class DlcBench
{
    private const string Usage = "bench dlc [--shape <players>,<places>]... [--cores <n>] [--json]";

    private static readonly (int Players, int Places)[] Standard = [(5, 2), (10, 2), (20, 2), (10, 3), (20, 3)];

    /// <summary>Runs the benchmark and prints a table, or JSON with <c>--json</c>.</summary>
    /// <param name="args">The arguments after <c>bench dlc</c>.</param>
    /// <returns>0; 2 for arguments that are not understood, with one line on standard error.</returns>
    public static int Run(string[] args)
    {
        if (!TryRead(args, out var shapes, out var cores, out var json))
        {
            Console.Error.WriteLine($"usage: {Usage}; a shape has 2 to 25 players, fewer places than players, and at most 20000 outcomes");
            return 2;
        }

        DlcBenchRun.WarmUp();
        if (!json)
        {
            Console.WriteLine($"coordinator's work for one contract, {cores} core(s); x = schnorr verifications of this run");
        }

        var results = new List<DlcBenchResult>();
        foreach (var (players, places) in shapes)
        {
            var result = DlcBenchRun.Measure(players, places, cores);
            results.Add(result);
            if (!json)
            {
                Print(result);
            }
        }

        if (json)
        {
            PrintJson(results, cores);
        }

        return 0;
    }

    private static bool TryRead(string[] args, out List<(int Players, int Places)> shapes, out int cores, out bool json)
    {
        (shapes, cores, json) = ([], 1, false);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--json":
                    json = true;
                    continue;
                case "--cores" when TryCount(value, out cores) && cores is >= 1 and <= 256:
                    break;
                case "--shape" when ParseShape(value) is { } shape:
                    shapes.Add(shape);
                    break;
                default:
                    return false;
            }

            i++;
        }

        if (shapes.Count == 0)
        {
            shapes.AddRange(Standard);
        }

        return true;
    }

    private static (int Players, int Places)? ParseShape(string text)
    {
        var parts = text.Split(',');
        return parts.Length == 2
            && TryCount(parts[0], out var players) && TryCount(parts[1], out var places)
            && OutcomeRanking.TryOf(players, places) is not null
            ? (players, places)
            : null;
    }

    private static bool TryCount(string text, out int count)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static void Print(DlcBenchResult result)
    {
        Console.WriteLine();
        Console.WriteLine($"({result.Players},{result.Places})  {result.Outcomes} outcomes, {result.WinConditions} win conditions");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {"one schnorr verification",-44} {result.VerifyMicroseconds,10:F1} us"));
        foreach (var phase in result.Phases)
        {
            PrintLine(phase.Name, phase.Milliseconds, result);
        }

        PrintLine("share (all of the above)", result.ShareMilliseconds, result);
        PrintLine("JSON decoding, apart", result.JsonMilliseconds, result);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"peak resident memory",-44} {result.PeakMebibytes,10:F0} MiB"));
    }

    private static void PrintLine(string name, double milliseconds, DlcBenchResult result) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-44} {milliseconds,10:F1} ms {result.Multiple(milliseconds),12:N0} x"));

    private static void PrintJson(List<DlcBenchResult> results, int cores)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("cores", cores);
        writer.WriteStartArray("shapes");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteNumber("players", result.Players);
            writer.WriteNumber("places", result.Places);
            writer.WriteNumber("outcomes", result.Outcomes);
            writer.WriteNumber("win_conditions", result.WinConditions);
            writer.WriteNumber("schnorr_verify_us", Math.Round(result.VerifyMicroseconds, 2));
            foreach (var phase in result.Phases)
            {
                WritePhase(writer, phase.Key, phase.Milliseconds, result);
            }

            WritePhase(writer, "share", result.ShareMilliseconds, result);
            WritePhase(writer, "json_decoding", result.JsonMilliseconds, result);
            writer.WriteNumber("peak_resident_mib", Math.Round(result.PeakMebibytes, 1));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WritePhase(Utf8JsonWriter writer, string key, double milliseconds, DlcBenchResult result)
    {
        writer.WriteStartObject(key);
        writer.WriteNumber("ms", Math.Round(milliseconds, 2));
        writer.WriteNumber("verifications", Math.Round(result.Multiple(milliseconds)));
        writer.WriteEndObject();
    }
}

/// <summary>One timed part of the coordinator's work.</summary>
internal sealed record DlcBenchPhase(string Key, string Name, double Milliseconds);

/// <summary>What one shape cost.</summary>
internal sealed record DlcBenchResult(
    int Players, int Places, int Outcomes, int WinConditions, double VerifyMicroseconds, IReadOnlyList<DlcBenchPhase> Phases,
    double JsonMilliseconds, double PeakMebibytes)
{
    /// <summary>Everything the coordinator computes, building the contract included.</summary>
    public double ShareMilliseconds => Phases.Sum(phase => phase.Milliseconds);

    public double Multiple(double milliseconds) => milliseconds * 1_000 / VerifyMicroseconds;
}
