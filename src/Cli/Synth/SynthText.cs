using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;

namespace Coordinator.Cli.Synth;

/// <summary>The history as people and programs read it.</summary>
internal static class SynthText
{
    /// <summary>Whether the lifecycle is healthy, the last run with its steps, the last success, and what is open.</summary>
    public static IEnumerable<string> Status(IReadOnlyList<SynthRunRecord> runs, bool isInUse, DateTimeOffset now)
    {
        if (runs.Count == 0)
        {
            yield return "no run yet";
            yield break;
        }

        var last = runs[^1];
        yield return Row("lifecycle", SynthMetrics.LastEnded(runs) is null ? "unknown: no run has ended" : SynthMetrics.IsHealthy(runs) ? "healthy" : "NOT HEALTHY");
        yield return Row("last run", $"{last.Run}, {Word(last, isInUse && last == runs[^1])}, started {Wording.When(last.Started, now)}");
        if (last.Reason is { } reason)
        {
            yield return Row("because", Wording.Clean(reason));
        }

        yield return Row("success", SynthMetrics.LastSuccess(runs) is { Ended: { } ended } success ? $"{success.Run} at {Wording.When(ended, now)}" : "never");
        foreach (var open in runs.Where(run => run.IsOpen && !(isInUse && run == last)))
        {
            yield return Row("open", $"{open.Run}: its players may have money in it; cli synth run --resume {open.Run}");
        }

        yield return string.Empty;
        var table = new TextTable(new("STEP"), new("SECONDS", 12, true), new("AT"));
        foreach (var step in last.Steps)
        {
            table.Add(step.Name, step.Seconds.ToString("F1", CultureInfo.InvariantCulture), Wording.Moment(step.At));
        }

        foreach (var line in table.Lines())
        {
            yield return line;
        }
    }

    public static JsonObject StatusJson(IReadOnlyList<SynthRunRecord> runs, bool isInUse) => new()
    {
        ["healthy"] = SynthMetrics.IsHealthy(runs),
        ["running"] = isInUse,
        ["last_run"] = runs.Count == 0 ? null : runs[^1].ToJson(),
        ["last_success"] = SynthMetrics.LastSuccess(runs)?.ToJson(),
        ["open"] = new JsonArray([.. runs.Where(run => run.IsOpen).Select(run => JsonValue.Create(run.Run.ToString()))]),
    };

    /// <summary>The newest runs, newest first.</summary>
    public static string History(IReadOnlyList<SynthRunRecord> runs, int limit, bool isInUse, DateTimeOffset now)
    {
        if (runs.Count == 0)
        {
            return "no run yet";
        }

        var table = new TextTable(
            new("RUN"), new("STARTED", 40), new("STATUS", 12), new("TOOK", 16, true), new("USERS", 5, true), new("SPENT", 14, true), new("RECEIVED", 14, true), new("LAST STEP"),
            new("WHY", 80));
        foreach (var run in runs.Reverse().Take(limit))
        {
            table.Add(
                run.Run.ToString(), Wording.When(run.Started, now), Word(run, isInUse && run == runs[^1]), run.Seconds is { } seconds ? Wording.Span(TimeSpan.FromSeconds(seconds)) : null,
                run.Users.ToString(CultureInfo.InvariantCulture), run.Money is { } money ? Wording.Sats(money.Spent) : null,
                run.Money is { } got ? Wording.Sats(got.Received) : null, run.Steps.LastOrDefault()?.Name, run.Reason);
        }

        return string.Join(Environment.NewLine, table.Lines());
    }

    /// <summary>An unfinished run is running while its folder is in use, and died otherwise.</summary>
    private static string Word(SynthRunRecord run, bool isRunning) => run.Status switch
    {
        SynthStatus.Success => "success",
        SynthStatus.Failure => run.IsOpen ? "failure, open" : "failure",
        _ => isRunning ? "running" : "died",
    };

    private static string Row(string name, string value) => $"{name,-10}  {value}";
}
