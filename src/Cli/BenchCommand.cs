using System.CommandLine;

namespace Coordinator.Cli;

/// <summary><c>bench</c>: measurements.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var arguments = new Argument<string[]>("options") { Arity = ArgumentArity.ZeroOrMore, Description = "--shape P,K --cores N --json" };
        var dlc = new Command("dlc", "what one contract costs the coordinator") { arguments };
        dlc.TreatUnmatchedTokensAsErrors = false;
        dlc.SetAction(parsed => DlcBench.Run([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]));
        return new Command("bench", "benchmarks") { dlc };
    }
}
