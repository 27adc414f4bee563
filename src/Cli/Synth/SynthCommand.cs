using System.CommandLine;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary><c>synth</c>: competitions of synthetic players against a deployed service, and what they showed.</summary>
internal static class SynthCommand
{
    /// <summary>Names the folder where <c>--state</c> is left out.</summary>
    public const string StateVariable = "COORDINATOR_SYNTH_STATE";

    private const int MostShown = 10_000;

    public static Command Create(TimeProvider clock) => new("synth", "competitions of synthetic players against a deployed service, through to payout")
    {
        SynthRunCommand.Create(clock), Status(clock), History(clock), Metrics(clock),
    };

    internal static Option<string> State() => new("--state")
    {
        Description = $"folder of history, seed and open runs; {StateVariable} where left out, else .synth",
        DefaultValueFactory = _ => OperatorCall.Of(StateVariable, ".synth"),
    };

    private static Command Status(TimeProvider clock)
    {
        var (state, json) = (State(), Json());
        var command = new Command("status", "the last run, whether the lifecycle is healthy, the last success; exit code 1 where it is not healthy") { state, json };
        command.SetAction(async (parsed, _) =>
        {
            var (runs, isInUse) = Read(parsed.GetValue(state)!, clock);
            await Console.Out.WriteLineAsync(parsed.GetValue(json)
                ? SynthText.StatusJson(runs, isInUse).ToJsonString()
                : string.Join(Environment.NewLine, SynthText.Status(runs, isInUse, clock.GetUtcNow())));
            return SynthMetrics.IsHealthy(runs) ? 0 : 1;
        });
        return command;
    }

    private static Command History(TimeProvider clock)
    {
        var (state, json) = (State(), Json());
        var limit = new Option<int>("--limit") { Description = "so many runs", DefaultValueFactory = _ => 20 };
        var command = new Command("history", "runs, newest first") { state, limit, json };
        command.SetAction(async (parsed, _) =>
        {
            var most = parsed.GetValue(limit);
            if (most is < 1 or > MostShown)
            {
                throw new CommandFailedException($"--limit takes 1 to {MostShown}, not {most}", 2);
            }

            var (runs, isInUse) = Read(parsed.GetValue(state)!, clock);
            await Console.Out.WriteLineAsync(parsed.GetValue(json)
                ? new JsonArray([.. runs.AsEnumerable().Reverse().Take(most).Select(run => run.ToJson())]).ToJsonString()
                : SynthText.History(runs, most, isInUse, clock.GetUtcNow()));
            return 0;
        });
        return command;
    }

    private static Command Metrics(TimeProvider clock)
    {
        var state = State();
        var command = new Command("metrics", "the history as Prometheus reads it") { state };
        command.SetAction(async (parsed, _) =>
        {
            await Console.Out.WriteAsync(SynthMetrics.Text(Read(parsed.GetValue(state)!, clock).Runs));
            return 0;
        });
        return command;
    }

    private static (List<SynthRunRecord> Runs, bool IsInUse) Read(string state, TimeProvider clock)
    {
        var isInUse = SynthFolder.IsInUse(state);
        return (new SynthHistory(SynthFolder.HistoryOf(state), clock).Read(), isInUse);
    }

    private static Option<bool> Json() => new("--json") { Description = "as JSON" };
}
