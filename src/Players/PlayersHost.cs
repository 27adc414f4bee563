using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players;

/// <summary>Plays all players of one process, each with its own file, keys and wallet.</summary>
public static class PlayersHost
{
    /// <summary>Plays until every player of every competition is done. Where one cannot go on the others of its competition stop.</summary>
    /// <returns>0; 1 where a player could not go on, which is said on the error stream.</returns>
    public static async Task<int> RunAsync(PlayersOptions options, TextWriter output, TextWriter errors, TimeProvider clock, CancellationToken cancellation)
    {
        using var client = PatientHttp.CreateClient();
        using var cores = new SemaphoreSlim(Environment.ProcessorCount);
        var world = new Shared(new PatientHttp(client, clock), new KeymeldReader(client, clock), cores, new PlayerLog(output, clock), errors);
        var results = await Task.WhenAll(options.Each().Select(competition => PlayAsync(competition, world, cancellation)));
        return results.All(good => good) ? 0 : 1;
    }

    private static async Task<bool> PlayAsync(PlayersOptions options, Shared world, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var results = await Task.WhenAll(Enumerable.Range(0, options.Count).Select(number => PlayAsync(number, options, world, stop)));
        return results.All(good => good);
    }

    private static async Task<bool> PlayAsync(int number, PlayersOptions options, Shared world, CancellationTokenSource stop)
    {
        using var keys = new PlayerKeys(options.Seed, number);
        var player = new PlayerContext(number, options, new PlayerStore(options.Data, number), keys, world.Http, world.Keymeld, world.Cores, world.Log);
        try
        {
            await new SeatPart(player).RunAsync(stop.Token);
            await new AwayPart(player).RunAsync(stop.Token);
            using (var contract = new ContractPart(player))
            {
                if (!await contract.RunAsync(stop.Token))
                {
                    return true;
                }
            }

            await new SettlementPart(player).RunAsync(stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception failure) when (failure is PlayerException or IOException or InvalidDataException or Dlc.SigningException or Dlc.ContractRefusedException)
        {
            player.Say("failed", ("reason", failure.Message));
            await world.Errors.WriteLineAsync($"player {number} of {options.Competition}: {failure.Message}");
            await stop.CancelAsync();
            return false;
        }
    }

    /// <summary>What all players of the process use together.</summary>
    private sealed record Shared(PatientHttp Http, KeymeldReader Keymeld, SemaphoreSlim Cores, PlayerLog Log, TextWriter Errors);
}
