using System.Globalization;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Keymeld;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Simulators;

/// <summary>The simulators in one process: chain, Lightning, oracle and Keymeld share one world. Everything is on 127.0.0.1.</summary>
public sealed class SimulatorsHost : IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly ChainSimulator _chain;
    private readonly OracleSimulator _oracle;
    private readonly LndSimulator _lnd;
    private readonly KeymeldSimulator _keymeld;

    private SimulatorsHost(FileStream folderLock, ChainSimulator chain, LndSimulator lnd, OracleSimulator oracle, KeymeldSimulator keymeld)
        => (_lock, _chain, _lnd, _oracle, _keymeld) = (folderLock, chain, lnd, oracle, keymeld);

    /// <summary>Starts all on free ports, going on from what the folder holds.</summary>
    /// <param name="folder">Made where it is missing; one process at a time.</param>
    /// <param name="seed">Fixes the oracle's key and the weather of a new folder.</param>
    /// <param name="clock">The world's clock.</param>
    /// <exception cref="IOException">The folder is in use or cannot be written.</exception>
    /// <exception cref="InvalidDataException">The folder holds something else.</exception>
    public static async Task<SimulatorsHost> StartAsync(string folder, ulong seed, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        var folderLock = new FileStream(Path.Combine(folder, "simulators.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var chain = new ChainSimulator(new ChainSimulatorOptions(Folder: Path.Combine(folder, "chain")), clock);
        await chain.StartAsync();
        var lnd = await LndSimulator.StartAsync(
            new LndSimulatorOptions { DataFolder = Path.Combine(folder, "lnd"), Model = new LndModelOptions { Height = chain.Model.Height } }, clock);
        var oracle = new OracleSimulator(
            new OracleSimulatorOptions
            {
                Folder = Path.Combine(folder, "oracle"),
                KeySeed = string.Create(CultureInfo.InvariantCulture, $"simulated oracle {seed}"),
                WeatherSeed = seed,
            },
            clock);
        await oracle.StartAsync();
        var keymeld = await StartKeymeldAsync(folder, clock);
        lnd.Model.SetHeight(chain.Model.Height, chain.Model.Tip.Hash.ToString());
        chain.Model.Changed += () => lnd.Model.SetHeight(chain.Model.Height, chain.Model.Tip.Hash.ToString());
        return new SimulatorsHost(folderLock, chain, lnd, oracle, keymeld);
    }

    /// <summary>On the port it had before, where that is free: competitions and players keep the gateway's address.</summary>
    private static async Task<KeymeldSimulator> StartKeymeldAsync(string folder, TimeProvider clock)
    {
        var file = Path.Combine(folder, "keymeld.port");
        var before = File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file), NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : 0;
        var keymeld = new KeymeldSimulator(
            new KeymeldSimulatorOptions { Folder = Path.Combine(folder, "keymeld"), Port = IsFree(before) ? before : 0 }, clock);
        await keymeld.StartAsync();
        await File.WriteAllTextAsync(file, keymeld.Address.Port.ToString(CultureInfo.InvariantCulture));
        return keymeld;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (Exception taken) when (taken is System.Net.Sockets.SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>Where everything is, for the line that says so.</summary>
    public IReadOnlyDictionary<string, string> Addresses => new Dictionary<string, string>
    {
        ["chain"] = _chain.Address.ToString().TrimEnd('/'),
        ["chain_control"] = _chain.ControlAddress.ToString().TrimEnd('/'),
        ["lnd"] = _lnd.GrpcAddress.ToString().TrimEnd('/'),
        ["lnd_control"] = _lnd.ControlAddress.ToString().TrimEnd('/'),
        ["lnd_certificate"] = _lnd.CertificatePath,
        ["lnd_macaroon"] = _lnd.MacaroonPath,
        ["oracle"] = _oracle.Address.ToString().TrimEnd('/'),
        ["oracle_control"] = _oracle.ControlAddress.ToString().TrimEnd('/'),
        ["keymeld"] = _keymeld.Address.ToString().TrimEnd('/'),
        ["keymeld_control"] = _keymeld.ControlAddress.ToString().TrimEnd('/'),
    };

    public async ValueTask DisposeAsync()
    {
        await _keymeld.DisposeAsync();
        await _oracle.DisposeAsync();
        await _lnd.DisposeAsync();
        await _chain.StopAsync();
        await _chain.DisposeAsync();
        await _lock.DisposeAsync();
    }
}
