using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Node;

/// <summary>A Bitcoin node on regtest of a command's own: its folder is under <c>--data</c>, it listens on loopback only, and it ends with the command,
/// however that ends.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>Ends the node when standard input does: whoever started it is gone.</summary>
    private const string Keeper = """
        exec 3<&0
        "$@" </dev/null >/dev/null 2>&1 3<&- & node=$!
        (cat <&3 >/dev/null; kill "$node" 2>/dev/null) & watch=$!
        exec 3<&-
        wait "$node"; status=$?
        kill "$watch" 2>/dev/null
        exit $status
        """;

    private const int FirstBlocks = 101;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = WorldHttp.CreateClient();
    private readonly TimeProvider _clock;
    private readonly string _folder;
    private readonly int _port;
    private Process _process;

    private NodeProcess(string folder, int port, TimeProvider clock)
    {
        (_folder, _port, _clock) = (folder, port, clock);
        _process = Launch();
        Rpc = new NodeRpc(_http, new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"), Path.Combine(folder, "regtest", ".cookie"));
    }

    public NodeRpc Rpc { get; }

    public bool Runs => !_process.HasExited;

    /// <summary>Starts the node, on its old port where that is free, with a wallet that has mined.</summary>
    /// <exception cref="CommandFailedException">There is no node program, or it does not start.</exception>
    public static async Task<NodeProcess> StartAsync(string folder, TimeProvider clock, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var node = new NodeProcess(folder, Port(Path.Combine(folder, "rpc.port")), clock);
        try
        {
            await node.AnswersAsync(cancellation);
            await node.PrepareAsync(cancellation);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The time that the node takes for now, unix seconds; it stands still from then on. It never runs back: the node would refuse its own blocks.</summary>
    public async Task SetTimeAsync(long time, CancellationToken cancellation)
    {
        await Rpc.CallAsync("setmocktime", [time], cancellation);
        await File.WriteAllTextAsync(TimeFile, time.ToString(CultureInfo.InvariantCulture), cancellation);
    }

    /// <summary>Stops the node and starts it again: it has the same blocks, new credentials, and an empty mempool.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await StopAsync();
        _process.Dispose();
        _process = Launch();
        await AnswersAsync(cancellation);
        await PrepareAsync(cancellation);
    }

    /// <summary>Stops it as its own stop command does; its files are whole afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private string TimeFile => Path.Combine(_folder, "mock.time");

    private async Task StopAsync()
    {
        if (_process.HasExited)
        {
            return;
        }

        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience, _clock);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private Process Launch()
    {
        var program = Program();
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", Keeper, "sh", program, .. Arguments(), .. IsKnots(program) ? ["-corepolicy"] : Array.Empty<string>()])
        {
            start.ArgumentList.Add(argument);
        }

        if (Path.Combine(_folder, "regtest", ".cookie") is var old && File.Exists(old))
        {
            File.Delete(old); // of a node that was killed
        }

        return Process.Start(start) ?? throw new CommandFailedException("the Bitcoin node cannot be started");
    }

    /// <summary>Standard transactions only, as on mainnet; nothing is spoken to but RPC; nothing is sent that nobody sends anew.</summary>
    private IEnumerable<string> Arguments() =>
    [
        "-regtest", $"-datadir={_folder}", "-server", "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0", "-discover=0", "-listenonion=0",
        "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", $"-rpcport={_port.ToString(CultureInfo.InvariantCulture)}", "-rpcthreads=16", "-rpcworkqueue=256",
        "-fallbackfee=0.0001", "-addresstype=bech32m", "-changetype=bech32m", "-txindex=1", "-acceptnonstdtxn=0", "-printtoconsole=0",
        "-persistmempool=0", "-walletbroadcast=0", .. MockTime(),
    ];

    /// <summary>Where its blocks are ahead of the clock it would not start without.</summary>
    private IEnumerable<string> MockTime()
        => File.Exists(TimeFile) && long.TryParse(File.ReadAllText(TimeFile), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time > _clock.GetUtcNow().ToUnixTimeSeconds() ? [$"-mocktime={time.ToString(CultureInfo.InvariantCulture)}"] : [];

    private async Task AnswersAsync(CancellationToken cancellation)
    {
        var begun = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(begun) < Patience)
        {
            try
            {
                if (!Runs)
                {
                    throw new CommandFailedException($"the Bitcoin node ended; see {Path.Combine(_folder, "regtest", "debug.log")}");
                }

                if (File.Exists(Rpc.CookieFile) && await Rpc.TryAsync("getblockcount", [], cancellation))
                {
                    return;
                }
            }
            catch (Exception early) when (early is HttpRequestException or IOException or SocketException or JsonException)
            {
                // it does not listen yet
            }

            await Task.Delay(Look, _clock, cancellation);
        }

        throw new CommandFailedException($"the Bitcoin node does not answer; see {Path.Combine(_folder, "regtest", "debug.log")}");
    }

    /// <summary>The miner's wallet, and the first coins in it.</summary>
    private async Task PrepareAsync(CancellationToken cancellation)
    {
        if (!await Rpc.TryAsync("createwallet", [NodeRpc.Miner], cancellation))
        {
            _ = await Rpc.TryAsync("loadwallet", [NodeRpc.Miner], cancellation);
        }

        var height = (await Rpc.CallAsync("getblockcount", [], cancellation)).GetInt32();
        if (height < FirstBlocks)
        {
            var address = (await Rpc.CallAsync("getnewaddress", [], cancellation, NodeRpc.Miner)).GetString();
            await Rpc.CallAsync("generatetoaddress", [FirstBlocks - height, address], cancellation);
        }
    }

    private static string Program()
        => Environment.GetEnvironmentVariable("COORDINATOR_BITCOIND") is { Length: > 0 } named ? named : "bitcoind";

    /// <summary>Knots refuses what Core takes unless it is told otherwise, and Core does not know that word.</summary>
    private static bool IsKnots(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "-version") { RedirectStandardOutput = true })!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Contains("knots", StringComparison.OrdinalIgnoreCase);
        }
        catch (Win32Exception)
        {
            throw new CommandFailedException(
                $"there is no Bitcoin node '{program}': ./coordinator gets one, otherwise put bitcoind on the path or name it in COORDINATOR_BITCOIND", exitCode: 2);
        }
    }

    private static int Port(string file)
    {
        var before = File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : 0;
        var port = Listen(before) ?? Listen(0) ?? throw new CommandFailedException("no port is free on loopback");
        File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    private static int? Listen(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (Exception taken) when (taken is SocketException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
