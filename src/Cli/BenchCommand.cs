using System.CommandLine;

namespace Coordinator.Cli;

/// <summary><c>bench</c>: measurements.</summary>
internal static class BenchCommand
{
    public static Command Create(TimeProvider clock)
    {
        var arguments = new Argument<string[]>("options") { Arity = ArgumentArity.ZeroOrMore, Description = "--shape P,K --cores N --json" };
        var dlc = new Command("dlc", "what one contract costs the coordinator") { arguments };
        dlc.TreatUnmatchedTokensAsErrors = false;
        dlc.SetAction(parsed => DlcBench.Run([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]));
        return new Command("bench", "benchmarks") { dlc, Keymeld(clock), Http(clock) };
    }

    private static Command Keymeld(TimeProvider clock)
    {
        var players = new Option<int?>("--players") { Description = "with --places: one shape; otherwise (5,2), (10,3) and (20,2)" };
        var places = new Option<int?>("--places") { Description = "paid places" };
        var json = new Option<bool>("--json") { Description = "one JSON object per shape" };
        var keymeld = new Command("keymeld", "what it takes to sign one contract through a Keymeld gateway") { players, places, json };
        keymeld.SetAction((parsed, cancellation) => KeymeldBench.RunAsync(
            parsed.GetValue(players), parsed.GetValue(places), parsed.GetValue(json), clock, cancellation));
        return keymeld;
    }

    private static Command Http(TimeProvider clock)
    {
        var competitions = Number("--competitions", "how many there are", 1_000, 50, 20_000);
        var connections = Number("--connections", "kept alive, each with one request at a time", 64, 1, 1_024);
        var tickets = Number("--tickets", "how many are reserved at most", 4_000, 1, 100_000);
        var seconds = Number("--seconds", "for each kind of request, at most", 5, 1, 60);
        var json = new Option<bool>("--json") { Description = "one JSON object instead of a table" };
        var database = DemoCommand.Database();
        var command = new Command("http", "requests a second of a service on loopback") { competitions, connections, tickets, seconds, json, database };
        command.SetAction((parsed, cancellation) => HttpBench.RunAsync(
            new HttpBenchOptions(
                parsed.GetValue(competitions), parsed.GetValue(connections), parsed.GetValue(tickets),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(json), parsed.GetValue(database)),
            clock,
            cancellation));
        return command;
    }

    private static Option<int> Number(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description}; {least} to {most}", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < least || value > most))
            {
                result.AddError($"{name} takes {least} to {most}");
            }
        });
        return option;
    }
}
