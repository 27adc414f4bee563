using System.Net.Sockets;
using System.Text.Json.Nodes;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Node;

/// <summary>Tells the simulated Lightning network of the node's blocks: where the chain is a simulator too they share one process.</summary>
internal sealed class HeightFollower(NodeRpc rpc, WorldHttp http, Uri lightning, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _telling = new(1);
    private string _told = string.Empty;

    public void Dispose() => _telling.Dispose();

    /// <summary>Tells of the tip unless it is known already.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        await _telling.WaitAsync(cancellation);
        try
        {
            var info = await rpc.CallAsync("getblockchaininfo", [], cancellation);
            var (height, hash) = (info.GetProperty("blocks").GetInt32(), info.GetProperty("bestblockhash").GetString()!);
            if (hash != _told)
            {
                await http.JsonAsync(
                    HttpMethod.Post, new Uri(lightning, "/control/height"), new JsonObject { ["height"] = height, ["block_hash"] = hash }, null, cancellation);
                _told = hash;
            }
        }
        finally
        {
            _telling.Release();
        }
    }

    /// <summary>Goes on until it is cancelled: somebody else may mine.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellation);
            }
            catch (Exception away) when (away is HttpRequestException or IOException or SocketException or CommandFailedException or OperationCanceledException)
            {
                // the next round tells of it
            }

            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
