using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Coordinator.Testing;

/// <summary>A Bitcoin node on regtest, on loopback, in a folder of its own that goes with it. Found by <c>COORDINATOR_BITCOIND</c> (the root script sets
/// it), among what the root script has unpacked, or on PATH.</summary>
public sealed class BitcoindProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private BitcoindProcess(Process process, string folder, Uri address)
    {
        (_process, _folder, Address) = (process, folder, address);
        _http = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Address { get; }

    /// <summary>The program that is the node.</summary>
    public static string Program
        => Environment.GetEnvironmentVariable("COORDINATOR_BITCOIND") is { Length: > 0 } named ? named
            : Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", "..", "artifacts", "node", "bitcoind")) is var unpacked && File.Exists(unpacked) ? unpacked
            : "bitcoind";

    /// <summary>The node's own credentials.</summary>
    public string CookieFile => Path.Combine(_folder, "regtest", ".cookie");

    /// <summary>Starts a node with 101 blocks, whose wallet "miner" has what they paid.</summary>
    public static async Task<BitcoindProcess> StartAsync(params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-node-").FullName;
        var port = FreePort();
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-regtest", $"-datadir={folder}", "-server", "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0", "-discover=0", "-listenonion=0",
            "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", $"-rpcport={port}", "-fallbackfee=0.0001", "-addresstype=bech32m", "-changetype=bech32m",
            "-txindex=1", "-printtoconsole=0", .. options,
        ];
        foreach (var argument in IsKnots() ? [.. arguments, "-corepolicy"] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var node = new BitcoindProcess(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{port}"));
        await node.WaitAsync();
        await node.CallAsync("createwallet", """["miner"]""");
        await node.MineAsync(101);
        return node;
    }

    /// <summary>One call to the node, or to its wallet "miner"; an error of the node fails the test.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "[]", bool wallet = false)
    {
        var (result, error) = await TryCallAsync(method, parameters, wallet ? "miner" : null);
        return error is null ? result : throw new InvalidOperationException($"{method}: {error}");
    }

    /// <summary>One call to a wallet of the node.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters, string wallet)
    {
        var (result, error) = await TryCallAsync(method, parameters, wallet);
        return error is null ? result : throw new InvalidOperationException($"{method}: {error}");
    }

    /// <summary>Blocks paid to the miner; their ids, oldest first.</summary>
    public async Task<string[]> MineAsync(int count = 1)
    {
        var address = (await CallAsync("getnewaddress", wallet: true)).GetString();
        var mined = await CallAsync("generatetoaddress", $"""[{count}, "{address}"]""", wallet: true);
        return [.. mined.EnumerateArray().Select(hash => hash.GetString()!)];
    }

    /// <summary>Sends coins of the miner; the raw transaction as hex. Nothing is mined.</summary>
    public async Task<string> PayAsync(string address, long sats)
    {
        var amount = (sats / 100_000_000m).ToString("0.00000000", System.Globalization.CultureInfo.InvariantCulture);
        var txid = (await CallAsync("sendtoaddress", $"""["{address}", {amount}]""", wallet: true)).GetString();
        return (await CallAsync("getrawtransaction", $"""["{txid}"]""")).GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await TryCallAsync("stop", "[]", null);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (Exception stuck) when (stuck is OperationCanceledException or HttpRequestException or IOException or SocketException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<(JsonElement Result, string? Error)> TryCallAsync(string method, string parameters, string? wallet)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, wallet is null ? Address : new Uri(Address, $"wallet/{wallet}"))
        {
            Content = new StringContent($$"""{"jsonrpc":"1.0","id":"test","method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(CookieFile)).Trim())));
        using var response = await _http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        var error = document.RootElement.GetProperty("error");
        return (document.RootElement.GetProperty("result").Clone(), error.ValueKind == JsonValueKind.Null ? null : error.GetRawText());
    }

    private async Task WaitAsync()
    {
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"the node ended: {await _process.StandardError.ReadToEndAsync()}");
                }

                if (File.Exists(CookieFile) && (await TryCallAsync("getblockcount", "[]", null)).Error is null)
                {
                    return;
                }
            }
            catch (Exception early) when (early is HttpRequestException or IOException or SocketException or JsonException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new InvalidOperationException("the node does not answer within 30 seconds");
    }

    private static bool IsKnots()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, "-version") { RedirectStandardOutput = true })!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Contains("knots", StringComparison.OrdinalIgnoreCase);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("these tests need a Bitcoin node: ./coordinator test gets one, and so does ./coordinator regtest start");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
