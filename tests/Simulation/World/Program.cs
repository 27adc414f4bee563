using System.Diagnostics;
using System.Globalization;
using Coordinator.Simulation;

return Command.Run(args, Console.Out, Console.Error);

/// <summary>The program behind <c>./coordinator simulate</c>.</summary>
internal static class Command
{
    private const string Usage = "usage: simulate --seeds A..B | --replay SEED";

    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        switch (arguments)
        {
            case ["--replay", var text] when ulong.TryParse(text, CultureInfo.InvariantCulture, out var seed):
                return Replay(seed, output);
            case ["--seeds", var range] when TryRange(range, out var first, out var last):
                return Many(first, last, output);
            case ["--seeds", var range, "--replay", var text] when TryRange(range, out _, out _) && ulong.TryParse(text, CultureInfo.InvariantCulture, out var seed):
                return Replay(seed, output);
            default:
                errors.WriteLine(Usage);
                return 2;
        }
    }

    private static bool TryRange(string text, out ulong first, out ulong last)
    {
        last = 0;
        var parts = text.Split("..");
        return ulong.TryParse(parts[0], CultureInfo.InvariantCulture, out first)
            && (parts.Length == 2 ? ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out last) && last >= first : parts.Length == 1 && (last = first) == first);
    }

    private static int Replay(ulong seed, TextWriter output)
    {
        var result = SeedRun.Run(seed, whole: true);
        foreach (var line in result.Story)
        {
            output.WriteLine(line);
        }

        Print(result.Counts, output);
        Tell(result, output);
        output.WriteLine($"seed {seed}: trace {result.TraceHash}");
        return result.Violation is null ? 0 : 1;
    }

    private static int Many(ulong first, ulong last, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        var all = SeedRange.Run(first, last, 2, failed =>
        {
            foreach (var line in failed.Story)
            {
                output.WriteLine(line);
            }

            Tell(failed, output);
        });
        Print(all.Counts, output);
        var seconds = watch.Elapsed.TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Seeds} seeds, {all.Failed.Length} violations, {all.Turns} turns, {seconds:F1} s, {all.Seeds / seconds:F2} seeds/s, traces {all.TraceHash}"));
        if (!all.Failed.IsEmpty)
        {
            output.WriteLine($"failed: {string.Join(' ', all.Failed.Select(failed => failed.Seed))}");
        }

        return all.Failed.IsEmpty ? 0 : 1;
    }

    private static void Tell(SeedResult result, TextWriter output)
    {
        if (result.Violation is { } violation)
        {
            output.WriteLine($"seed {result.Seed} breaks \"{violation.Rule}\": {violation.Message}");
        }
    }

    private static void Print(Counts counts, TextWriter output)
    {
        foreach (var (group, name, count) in counts.All)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,9} {group}: {name}"));
        }
    }
}
