using System.Text.Json;

namespace Coordinator.Chain;

/// <summary>Whether the node may be believed: right network, whole chain, not syncing, every transaction indexed. A node that is not fit would
/// answer "unknown" and "unspent" for what is on the chain.</summary>
internal sealed class BitcoindFitness(BitcoindRpc rpc, BitcoindOptions options, TimeProvider time)
{
    /// <summary>How long a good answer holds for other questions; any fault ends it.</summary>
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(10);

    private volatile Found? _found;

    /// <summary>Something went wrong: the next question is asked of a node that is looked at anew.</summary>
    public void Forget() => _found = null;

    /// <summary>Null where the node was found fit a moment ago or is now; else what is wrong with it.</summary>
    public async Task<ChainAnswer<JsonElement>?> ComplaintAsync(CancellationToken cancellation)
        => _found is { } found && time.GetElapsedTime(found.At) < Holds && found.Credentials == rpc.CredentialsRead ? null
            : await InfoAsync(cancellation) is ChainAnswer<JsonElement>.Unavailable fault ? fault : null;

    /// <summary><c>getblockchaininfo</c> of a node that is fit.</summary>
    public async Task<ChainAnswer<JsonElement>> InfoAsync(CancellationToken cancellation)
    {
        var asked = await rpc.ResultAsync("getblockchaininfo", "[]", cancellation);
        if (!asked.TryGet(out var info))
        {
            return asked;
        }

        var network = info.GetProperty("chain").GetString();
        if (network != options.NodeNetwork)
        {
            return Fault(ChainFault.Refused, $"the node is on {network}, this service on {options.Network}");
        }

        if (info.GetProperty("pruned").GetBoolean())
        {
            return Fault(ChainFault.Refused, "the node is pruned: old transactions and rescans cannot be had from it");
        }

        // A young regtest chain counts as syncing for ever.
        if (network != "regtest" && info.GetProperty("initialblockdownload").GetBoolean())
        {
            return Fault(ChainFault.ServerError, $"the node is syncing: block {info.GetProperty("blocks").GetInt32()} of {info.GetProperty("headers").GetInt32()}");
        }

        return await IndexComplaintAsync(cancellation) ?? Fit(asked);
    }

    private async Task<ChainAnswer<JsonElement>?> IndexComplaintAsync(CancellationToken cancellation)
    {
        if (_found?.Credentials == rpc.CredentialsRead)
        {
            return null;
        }

        var asked = await rpc.ResultAsync("getindexinfo", "[\"txindex\"]", cancellation);
        return !asked.TryGet(out var indices) ? asked
            : !indices.TryGetProperty("txindex", out var index) ? Fault(ChainFault.Refused, "the node has no transaction index: start it with txindex=1")
            : !index.GetProperty("synced").GetBoolean()
                ? Fault(ChainFault.ServerError, $"the node is still indexing transactions: block {index.GetProperty("best_block_height").GetInt32()}")
            : null;
    }

    private ChainAnswer<JsonElement> Fit(ChainAnswer<JsonElement> info)
    {
        _found = new Found(time.GetTimestamp(), rpc.CredentialsRead);
        return info;
    }

    private static ChainAnswer<JsonElement> Fault(ChainFault cause, string detail) => new ChainAnswer<JsonElement>.Unavailable(cause, detail);

    /// <param name="At">A timestamp.</param>
    /// <param name="Credentials">Which of the credentials read were used.</param>
    private sealed record Found(long At, int Credentials);
}
