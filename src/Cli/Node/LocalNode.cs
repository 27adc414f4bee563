using Coordinator.Cli.Demo;

namespace Coordinator.Cli.Node;

/// <summary>A command's own node, and whoever tells the Lightning simulator of its blocks.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private readonly NodeProcess _process;
    private readonly HttpClient _http = WorldHttp.CreateClient();
    private readonly HeightFollower _follower;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;
    private readonly TimeProvider _clock;

    private LocalNode(NodeProcess process, Uri lightning, TimeProvider clock)
    {
        (_process, _clock) = (process, clock);
        _follower = new HeightFollower(process.Rpc, new WorldHttp(_http), lightning, clock);
        _following = _follower.RunAsync(_stop.Token);
    }

    public bool Runs => _process.Runs;

    /// <param name="folder">The node's; made where it is missing.</param>
    /// <param name="lightning">Control address of the Lightning simulator, which knows the node's tip when this returns.</param>
    public static async Task<LocalNode> StartAsync(string folder, Uri lightning, TimeProvider clock, CancellationToken cancellation)
    {
        var node = new LocalNode(await NodeProcess.StartAsync(folder, clock, cancellation), lightning, clock);
        try
        {
            await node._follower.FollowAsync(cancellation);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public ChainWorld OpenChain() => new NodeChain(_process, _clock, _follower.FollowAsync);

    /// <summary>The simulators' addresses with the node in the place of the simulated chain.</summary>
    public IReadOnlyDictionary<string, string> InsteadOfSimulator(IReadOnlyDictionary<string, string> addresses)
    {
        var all = addresses.Where(member => member.Key is not ("chain" or "chain_control")).ToDictionary(StringComparer.Ordinal);
        all["bitcoind"] = _process.Rpc.Address.ToString().TrimEnd('/');
        all["bitcoind_cookie"] = _process.Rpc.CookieFile;
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _follower.Dispose();
        await _process.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }
}
