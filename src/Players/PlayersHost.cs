using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players;

/// <summary>Plays all players of one process, each with its own file, keys and wallet.</summary>
public static class PlayersHost
{
    /// <summary>Plays until every player is done.</summary>
    /// <returns>0; 1 where a player could not go on, which is said on the error stream.</returns>
    public static async Task<int> RunAsync(PlayersOptions options, TextWriter output, TextWriter errors, TimeProvider clock, CancellationToken cancellation)
    {
        using var client = PatientHttp.CreateClient();
        using var cores = new SemaphoreSlim(Environment.ProcessorCount);
        var (http, keymeld, log) = (new PatientHttp(client, clock), new KeymeldReader(client, clock), new PlayerLog(output, clock));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var results = await Task.WhenAll(Enumerable.Range(0, options.Count).Select(number => PlayAsync(number, options, http, keymeld, cores, log, errors, stop)));
        return results.All(good => good) ? 0 : 1;
    }

    private static async Task<bool> PlayAsync(
        int number, PlayersOptions options, PatientHttp http, KeymeldReader keymeld, SemaphoreSlim cores, PlayerLog log, TextWriter errors,
        CancellationTokenSource stop)
    {
        using var keys = new PlayerKeys(options.Seed, number);
        try
        {
            var player = new PlayerContext(number, options, new PlayerStore(options.Data, number), keys, http, keymeld, cores, log);
            await new SeatPart(player).RunAsync(stop.Token);
            await new AwayPart(player).RunAsync(stop.Token);
            using (var contract = new ContractPart(player))
            {
                await contract.RunAsync(stop.Token);
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
            log.Say(number, "failed", ("reason", failure.Message));
            await errors.WriteLineAsync($"player {number}: {failure.Message}");
            await stop.CancelAsync();
            return false;
        }
    }
}
