using System.CommandLine;
using System.Diagnostics;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli;

/// <summary><c>config</c>: asks the service's own program, so that the answer is what a start would say.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "the service's configuration") { Check(), Reference() };

    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "a JSON file" };
        var set = new Option<string[]>("--set") { Description = "KEY=VALUE, goes before the file and the environment; may be repeated", DefaultValueFactory = _ => [] };
        var files = new Option<bool>("--files") { Description = "looks at the files that it names, too" };
        var engine = new Option<string?>("--engine") { Description = "for which engine it is meant, where not for this build's" };
        engine.AcceptOnlyFromAmong("Embedded", "Microsoft");
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        var command = new Command("check", "everything the service would complain about at its start; opens and makes nothing") { file, set, engine, files, json };
        command.SetAction(async (parsed, cancellation) => await AskAsync(
            [
                "check", parsed.GetValue(file)!, .. parsed.GetValue(set)!.SelectMany(pair => (string[])["--set", pair]),
                .. parsed.GetValue(engine) is { } name ? ["--engine", name] : Array.Empty<string>(),
                .. parsed.GetValue(files) ? ["--files"] : Array.Empty<string>(), .. parsed.GetValue(json) ? ["--json"] : Array.Empty<string>(),
            ],
            cancellation));
        return command;
    }

    private static Command Reference()
    {
        var command = new Command("reference", "every key with type, range, default and consequence, as Markdown");
        command.SetAction(async (_, cancellation) => await AskAsync(["reference"], cancellation));
        return command;
    }

    /// <summary>Its output and its errors are ours.</summary>
    private static async Task<int> AskAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Binaries.Dotnet, [Binaries.Find(Binaries.Service), "config", .. arguments]) { UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new CommandFailedException("the service's program cannot be started");
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }
}
