using System.Globalization;
using System.Text;

namespace Coordinator.Cli.Synth;

/// <summary>The history as Prometheus reads it. Everything is reckoned from the history alone, so that counters outlive the process.</summary>
internal static class SynthMetrics
{
    private static readonly double[] ScenarioBounds = [30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];
    private static readonly double[] StepBounds = [0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

    /// <summary>Text of version 0.0.4, each line ended.</summary>
    public static string Text(IReadOnlyList<SynthRunRecord> runs)
    {
        var ended = runs.Where(run => run.Status != SynthStatus.Unfinished).ToList();
        var text = new StringBuilder();
        Head(text, "synth_scenario_runs_total", "counter", "Synthetic lifecycles that ended, by how.");
        foreach (var scenario in runs.Select(run => run.Scenario).Append(SynthOptions.Scenario).Distinct().Order(StringComparer.Ordinal))
        {
            foreach (var (status, word) in new[] { (SynthStatus.Failure, "failure"), (SynthStatus.Success, "success") })
            {
                var count = ended.Count(run => run.Scenario == scenario && run.Status == status);
                Line(text, "synth_scenario_runs_total", $"scenario=\"{Escape(scenario)}\",status=\"{word}\"", count);
            }
        }

        Head(text, "synth_scenario_duration_seconds", "histogram", "From a lifecycle's first step to its end.");
        foreach (var group in ended.GroupBy(run => run.Scenario).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Histogram(text, "synth_scenario_duration_seconds", $"scenario=\"{Escape(group.Key)}\"", ScenarioBounds, [.. group.Select(run => run.Seconds ?? 0)]);
        }

        Head(text, "synth_step_duration_seconds", "histogram", "One step of a lifecycle.");
        foreach (var group in runs.SelectMany(run => run.Steps.Select(step => (run.Scenario, step.Name, step.Seconds)))
            .GroupBy(step => (step.Scenario, step.Name)).OrderBy(group => group.Key.Scenario, StringComparer.Ordinal).ThenBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var labels = $"scenario=\"{Escape(group.Key.Scenario)}\",step=\"{Escape(group.Key.Name)}\"";
            Histogram(text, "synth_step_duration_seconds", labels, StepBounds, [.. group.Select(step => step.Seconds)]);
        }

        Head(text, "synth_competition_lifecycle_healthy", "gauge", "1 where the lifecycle that ended last succeeded.");
        Line(text, "synth_competition_lifecycle_healthy", null, IsHealthy(runs) ? 1 : 0);
        Head(text, "synth_last_successful_run_timestamp", "gauge", "Unix seconds of the end of the last lifecycle that succeeded; 0 while there is none.");
        Line(text, "synth_last_successful_run_timestamp", null, LastSuccess(runs)?.Ended?.ToUnixTimeSeconds() ?? 0);
        Head(text, "synth_open_runs", "gauge", "Lifecycles that did not end well and whose players may still have money in them.");
        Line(text, "synth_open_runs", null, runs.Count(run => run.IsOpen));
        return text.ToString();
    }

    /// <summary>Whether the run that ended last succeeded; false while none has ended.</summary>
    public static bool IsHealthy(IReadOnlyList<SynthRunRecord> runs) => LastEnded(runs)?.Status == SynthStatus.Success;

    public static SynthRunRecord? LastEnded(IReadOnlyList<SynthRunRecord> runs) => runs.Where(run => run.Ended is not null).OrderBy(run => run.Ended).LastOrDefault();

    public static SynthRunRecord? LastSuccess(IReadOnlyList<SynthRunRecord> runs)
        => runs.Where(run => run.Status == SynthStatus.Success).OrderBy(run => run.Ended).LastOrDefault();

    /// <summary>Replaces a file as a whole: who reads it sees the old text or the new one.</summary>
    /// <exception cref="Processes.CommandFailedException">It cannot be written.</exception>
    public static void Write(string file, string text)
    {
        try
        {
            WholeFile.Replace(file, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new Processes.CommandFailedException($"--metrics-file '{file}' cannot be written: {failure.Message}");
        }
    }

    private static void Histogram(StringBuilder text, string name, string labels, double[] bounds, double[] values)
    {
        foreach (var bound in bounds)
        {
            Line(text, $"{name}_bucket", $"{labels},le=\"{Number(bound)}\"", values.Count(value => value <= bound));
        }

        Line(text, $"{name}_bucket", $"{labels},le=\"+Inf\"", values.Length);
        Line(text, $"{name}_sum", labels, values.Sum());
        Line(text, $"{name}_count", labels, values.Length);
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append(
        CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, string? labels, double value)
        => text.Append(name).Append(labels is null ? string.Empty : $"{{{labels}}}").Append(' ').Append(Number(value)).Append('\n');

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Escape(string label)
        => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
