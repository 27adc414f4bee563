using Coordinator.Bitcoin;
using Coordinator.Players.Lnd;
using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players;

/// <summary>Plays all players of one process, each with its own file, keys and wallet.</summary>
public static class PlayersHost
{
    private const int MostWaits = 100;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    /// <summary>Plays until every player of every competition is done. Where one cannot go on the others of its competition stop.</summary>
    /// <returns>0; 1 where a player could not go on, which is said on the error stream.</returns>
    public static async Task<int> RunAsync(PlayersOptions options, TextWriter output, TextWriter errors, TimeProvider clock, CancellationToken cancellation)
    {
        using var client = PatientHttp.CreateClient();
        using var cores = new SemaphoreSlim(Environment.ProcessorCount);
        using var lnd = options.Lnd is { } access ? new LndCalls(access, clock) : null;
        byte[]? root;
        try
        {
            root = options.SeedFile is { } file ? PlayerKeys.ReadRoot(file) : null;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"players: {failure.Message}");
            return 1;
        }

        var world = new Shared(new PatientHttp(client, clock), new KeymeldReader(client, clock), lnd, root, cores, new PlayerLog(output, clock), errors);
        var results = await Task.WhenAll(options.Each().Select(competition => PlayAsync(competition, world, cancellation)));
        return results.All(good => good) ? 0 : 1;
    }

    /// <summary>One process at a time plays a competition from its folder: one whose parent was killed may need a moment to end.</summary>
    private static async Task<FileStream?> TakeFolderAsync(string folder, TimeProvider clock, CancellationToken cancellation)
    {
        for (var left = MostWaits; left > 0; left--)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(Path.Combine(folder, "players.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Wait, clock, cancellation);
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }

    private static async Task<bool> PlayAsync(PlayersOptions options, Shared world, CancellationToken cancellation)
    {
        await using var folderLock = await TakeFolderAsync(options.Data, world.Http.Clock, cancellation);
        if (folderLock is null)
        {
            await world.Errors.WriteLineAsync($"players: {options.Data} is in use by other players, or cannot be used");
            return false;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var results = await Task.WhenAll(Enumerable.Range(0, options.Count).Select(number => PlayAsync(number, options, world, stop)));
        return results.All(good => good);
    }

    private static async Task<bool> PlayAsync(int number, PlayersOptions options, Shared world, CancellationTokenSource stop)
    {
        using var keys = world.Root is { } root ? PlayerKeys.Of(root, number, options.Competition, options.Network) : new PlayerKeys(options.Seed, number);
        var player = new PlayerContext(
            number, options, new PlayerStore(options.Data, number), keys, world.Http, world.Keymeld, world.WalletOf(number, options), world.Cores, world.Log);
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
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
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
        catch
        {
            await stop.CancelAsync(); // a fault of this program: it is heard of at once, and not after the others, who may wait for this player for ever
            throw;
        }
    }

    /// <summary>What all players of the process use together.</summary>
    private sealed record Shared(
        PatientHttp Http, KeymeldReader Keymeld, LndCalls? Lnd, byte[]? Root, SemaphoreSlim Cores, PlayerLog Log, TextWriter Errors)
    {
        public PlayerWallet WalletOf(int player, PlayersOptions options)
            => Lnd is null ? new SimulatedWallet(Http, options.Wallet!, $"player-{player:D2}") : new LndWallet(Lnd, options.Network.Name(), Http.Clock);

        /// <summary>Never the root.</summary>
        public override string ToString() => nameof(Shared);
    }
}
