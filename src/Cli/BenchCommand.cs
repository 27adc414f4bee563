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
        return new Command("bench", "benchmarks") { dlc, Keymeld(clock) };
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
}
