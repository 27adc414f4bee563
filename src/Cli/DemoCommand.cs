using System.CommandLine;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Players;

namespace Coordinator.Cli;

/// <summary><c>demo</c>: one whole competition with simulated players over HTTP.</summary>
internal static class DemoCommand
{
    public static Command Create(TimeProvider clock)
    {
        var players = new Option<int>("--players") { Description = "2 to 25 players", DefaultValueFactory = _ => 3 };
        var places = new Option<int>("--places") { Description = "paid places, 1 to 5 and fewer than players", DefaultValueFactory = _ => 2 };
        var seed = new Option<ulong>("--seed") { Description = "fixes keys, picks, weather and choices", DefaultValueFactory = _ => 7 };
        var end = new Option<DemoEnd>("--end") { Description = "how the event ends", DefaultValueFactory = _ => DemoEnd.Attest };
        var payout = new Option<PayoutChoice>("--payout") { Description = "what winners do", DefaultValueFactory = _ => PayoutChoice.Lightning };
        var signing = Signing();
        var away = new Option<int>("--away") { Description = "how many players are away between their entry and the end of the event" };
        var (source, service, escrow, database, standBy) = (Chain(), Service(), Escrow(), Database(), StandBy());
        var fees = new Option<DemoFees>("--fees") { Description = "spike: the outcome needs a fee-bumping child", DefaultValueFactory = _ => DemoFees.Calm };
        var reorganise = new Option<int>("--reorganise") { Description = "so many blocks are taken back, after the tickets are settled and after winners were paid" };
        var json = new Option<bool>("--json") { Description = "one JSON object per line" };
        var data = new Option<string?>("--data") { Description = "a folder to keep, and to go on from; otherwise a temporary one" };
        var kills = new Option<string?>("--kill-at")
        {
            Description = "moments at which the service is killed with -9 and started again, separated by commas: a state, a player's or the gateway's step[:how many], or random",
        };
        var command = new Command("demo", "plays one whole competition with simulated players; exit 0 only if it completed and the books balance")
        {
            players, places, seed, end, payout, signing, away, escrow, source, fees, reorganise, json, data, kills, service, database, standBy,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions(
                parsed.GetValue(players), parsed.GetValue(places), parsed.GetValue(seed), parsed.GetValue(end), parsed.GetValue(payout),
                parsed.GetValue(signing), parsed.GetValue(away), parsed.GetValue(json), parsed.GetValue(data),
                KillSchedule.Read(parsed.GetValue(kills) ?? string.Empty, parsed.GetValue(signing)), parsed.GetValue(service), parsed.GetValue(fees),
                parsed.GetValue(source), parsed.GetValue(reorganise))
            {
                Escrow = parsed.GetValue(escrow),
                ConnectionStringFile = parsed.GetValue(database),
                StandsBy = parsed.GetValue(standBy),
            };
            return await RunAsync(options, clock, cancellation);
        });
        return command;
    }

    private static Option<SigningChoice> Signing() => new("--signing")
    {
        Description = "keymeld: players leave an encrypted key and need not be there; local: every player signs",
        DefaultValueFactory = _ => SigningChoice.Keymeld,
    };

    internal static Option<ChainChoice> Chain() => new("--chain")
    {
        Description = "sim: the chain simulator; bitcoind: a Bitcoin node of its own on regtest",
        DefaultValueFactory = _ => ChainChoice.Sim,
    };

    private static Option<bool> Escrow() => new("--escrow") { Description = "every ticket is backed by an output on chain until the pool is funded" };

    internal static Option<string?> Database() => new("--connection-string-file")
    {
        Description = "a file (mode 0600) with the connection string of a PostgreSQL database, empty at first, which then holds the service's state",
    };

    private static Option<bool> StandBy() => new("--stand-by") { Description = "with PostgreSQL: a second service stands by and takes over where the first is killed" };

    private static Option<string?> Service() => new("--service")
    {
        Description = "the file of another program that is the service; where it is killed it is started again",
    };

    private static async Task<int> RunAsync(DemoOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        if (Complaint(options) is { } complaint)
        {
            await Console.Error.WriteLineAsync(complaint);
            return 2;
        }

        using var folder = DataFolder.Open(options.Data);
        var demo = new DemoRun(options, folder, new DemoLog(Console.Out, options.Json, clock), clock);
        bool good;
        await using (demo)
        {
            try
            {
                good = await demo.PlayAsync(cancellation);
            }
            catch (Exception failure) when (failure is not OperationCanceledException and not CommandFailedException)
            {
                throw new CommandFailedException($"the demo broke: {failure.Message} (logs are in {folder.Root})");
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

        await Console.Error.WriteLineAsync($"the demo did not end well; its data and logs are in {folder.Root}");
        return 1;
    }

    private static string? Complaint(DemoOptions options)
        => Dlc.OutcomeRanking.TryOf(options.Players, options.Places) is null
            ? $"{options.Players} players with {options.Places} places cannot be played: 2 to 25 players, 1 to 5 places, "
                + "fewer places than players, at most 20 000 outcomes"
            : options.Away < 0 || options.Away > options.Players || (options.Away > 0 && (options.Escrow || options.Signing == SigningChoice.Local))
                ? "--away takes at most as many as there are players, and none where every player has to sign"
            : options is { Fees: DemoFees.Spike, Payout: PayoutChoice.Onchain }
                ? "--fees spike needs the service, which --payout onchain stops before the outcome"
            : options.Reorganise is < 0 or > 20 || (options is { Reorganise: > 0, Payout: PayoutChoice.Onchain })
                ? "--reorganise takes 0 to 20 blocks, and none where --payout onchain stops the service"
            : options.Kills.FirstOrDefault(moment => !KillSchedule.IsMoment(moment, options.Signing)) is { } unknown
                ? $"'{unknown}' is no moment to kill at; there are {string.Join(", ", KillSchedule.Moments(options.Signing))}"
            : options is { StandsBy: true, ConnectionStringFile: null }
                ? "--stand-by needs --connection-string-file: only processes that share a database take over from each other"
            : options.Service is { } service && !File.Exists(service) ? $"there is no program '{service}' for --service"
                : null;
}
