using System.CommandLine;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Cli.Soak;

namespace Coordinator.Cli;

/// <summary><c>soak</c>: many competitions at once while something goes wrong every second.</summary>
internal static class SoakCommand
{
    public static Command Create(TimeProvider clock)
    {
        var competitions = new Option<int>("--competitions") { Description = "how many at once, 1 to 100", DefaultValueFactory = _ => 20 };
        var minutes = new Option<double>("--minutes") { Description = "how long something goes wrong every second, up to 600", DefaultValueFactory = _ => 10 };
        var seed = new Option<ulong>("--seed") { Description = "fixes faults, keys, picks and outcomes; not when what happens", DefaultValueFactory = _ => 7 };
        var signing = new Option<SigningChoice>("--signing") { Description = "how contracts are signed", DefaultValueFactory = _ => SigningChoice.Keymeld };
        var json = new Option<bool>("--json") { Description = "one JSON object per line" };
        var data = new Option<string?>("--data") { Description = "a folder to keep; otherwise a temporary one, kept where something is not well" };
        var command = new Command("soak", "competitions at once under faults; exit 0 only if all ended, the books balance, and memory and descriptors are as before")
        {
            competitions, minutes, seed, signing, json, data,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new SoakOptions(
                parsed.GetValue(competitions), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(signing)),
            parsed.GetValue(data),
            new DemoLog(Console.Out, parsed.GetValue(json), clock),
            clock,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(SoakOptions options, string? data, DemoLog log, TimeProvider clock, CancellationToken cancellation)
    {
        if (options.Competitions is < 1 or > 100 || options.Time <= TimeSpan.Zero || options.Time > TimeSpan.FromHours(10))
        {
            await Console.Error.WriteLineAsync("--competitions takes 1 to 100, --minutes more than 0 and at most 600");
            return 2;
        }

        using var folder = DataFolder.Open(data);
        bool good;
        await using (var soak = new SoakRun(options, folder, log, clock))
        {
            try
            {
                good = await soak.RunAsync(cancellation);
            }
            catch (CommandFailedException failure)
            {
                throw new CommandFailedException($"{failure.Message}\nlogs are in {folder.Root}", failure.ExitCode);
            }
        }

        if (good)
        {
            folder.Forget();
            return 0;
        }

        await Console.Error.WriteLineAsync($"the soak did not end well; its data and logs are in {folder.Root}");
        return 1;
    }
}
