using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>Which scripts the node's wallet watches. A new one costs a rescan of the chain, so all that are wanted meanwhile go with the next one,
/// and nobody who gives up waiting ends it.</summary>
/// <remarks>A rescan that a restart of the node ended is not taken for a whole one: a descriptor has an even timestamp until its rescan is over,
/// and an odd one from then on.</remarks>
internal sealed class BitcoindScripts(BitcoindRpc rpc, BitcoindOptions options, TimeProvider time) : IDisposable
{
    private const int MostAtOnce = 1_000;

    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _watched = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DateTimeOffset?> _wanted = new(StringComparer.Ordinal);
    private Task<WatchFault?> _importing = Task.FromResult<WatchFault?>(null);
    private bool _hasNews;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <summary>Forgets what was known, and takes what the wallet lists.</summary>
    /// <param name="descriptors">Of <c>listdescriptors</c>.</param>
    public void Reset(JsonElement descriptors)
    {
        lock (_sync)
        {
            _watched.Clear();
            _watched.UnionWith(descriptors.EnumerateArray().Where(entry => entry.GetProperty("timestamp").GetInt64() % 2 == 1)
                .Select(entry => entry.GetProperty("desc").GetString() ?? "").Where(text => text.StartsWith("raw(", StringComparison.Ordinal))
                .Select(text => text[4..text.IndexOf(')', StringComparison.Ordinal)]));
        }
    }

    /// <summary>Whether a rescan was done since the last time.</summary>
    public bool TakeNews()
    {
        lock (_sync)
        {
            (var news, _hasNews) = (_hasNews, false);
            return news;
        }
    }

    /// <summary>Returns once the wallet watches these scripts and knows their past, or says why not yet.</summary>
    /// <param name="since">Nothing before this moment matters; null where only what comes does.</param>
    public async Task<WatchFault?> WatchAsync(IReadOnlyList<string> scripts, DateTimeOffset? since, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        while (IsMissing(scripts, since, out var importing))
        {
            try
            {
                if (await importing.WaitAsync(either.Token) is { } fault)
                {
                    return fault;
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new WatchFault(ChainFault.TimedOut, "the node looks through the chain for scripts of ours; ask again later", null);
            }
        }

        return null;
    }

    /// <summary>Whether one of them is not watched yet.</summary>
    /// <param name="importing">The import that goes on or begins.</param>
    private bool IsMissing(IReadOnlyList<string> scripts, DateTimeOffset? since, out Task<WatchFault?> importing)
    {
        lock (_sync)
        {
            var missing = scripts.Where(script => !_watched.Contains(script)).ToList();
            foreach (var script in missing)
            {
                _wanted[script] = _wanted.TryGetValue(script, out var before) && (since is null || before < since) ? before : since;
            }

            if (missing.Count > 0 && _importing.IsCompleted)
            {
                _importing = ImportAsync();
            }

            importing = _importing;
            return missing.Count > 0;
        }
    }

    private async Task<WatchFault?> ImportAsync()
    {
        // Whoever asks at the same time as the first one is taken along.
        var asked = await rpc.ResultAsync("getblockchaininfo", "[]", _stop.Token);
        KeyValuePair<string, DateTimeOffset?>[] batch;
        lock (_sync)
        {
            batch = [.. _wanted.Take(MostAtOnce)];
        }

        if (asked is ChainAnswer<JsonElement>.Unavailable away)
        {
            return new WatchFault(away.Cause, away.Detail, null);
        }

        _ = asked.TryGet(out var info);
        var fault = await ScanAsync(batch, info.GetProperty("mediantime").GetInt64() | 1);
        lock (_sync)
        {
            foreach (var (script, _) in fault is null ? batch : [])
            {
                _watched.Add(script);
                _wanted.Remove(script);
                _hasNews = true;
            }
        }

        return fault;
    }

    /// <param name="over">The odd timestamp of descriptors whose past is known.</param>
    private async Task<WatchFault?> ScanAsync(KeyValuePair<string, DateTimeOffset?>[] batch, long over)
    {
        var (scanned, final) = (new List<string>(), new List<string>());
        foreach (var (script, since) in batch)
        {
            var descriptor = DescriptorChecksum.Append($"raw({script})");
            final.Add(Entry(descriptor, over));
            if (since is { } moment)
            {
                scanned.Add(Entry(descriptor, Math.Max(0, moment.ToUnixTimeSeconds()) & ~1L));
            }
        }

        return (scanned.Count == 0 ? null : await ImportAsync(scanned)) ?? await ImportAsync(final);
    }

    private static string Entry(string descriptor, long timestamp)
        => string.Create(CultureInfo.InvariantCulture, $$"""{"desc":"{{descriptor}}","timestamp":{{timestamp}}}""");

    private async Task<WatchFault?> ImportAsync(List<string> entries)
    {
        var imported = await rpc.WalletAsync("importdescriptors", $"[[{string.Join(',', entries)}]]", _stop.Token, options.RescanTimeout);
        if (!imported.TryGet(out var answers) || !answers.IsOk)
        {
            return WatchFault.Of(imported, "importdescriptors");
        }

        foreach (var answer in answers.Result.EnumerateArray().Where(answer => !answer.GetProperty("success").GetBoolean()))
        {
            return new WatchFault(ChainFault.ServerError, $"importdescriptors: {answer.GetProperty("error").GetProperty("message").GetString()}", null);
        }

        return null;
    }
}

/// <summary>Why a script is not watched yet.</summary>
/// <param name="Reply">The node's own error; null where it is none.</param>
internal sealed record WatchFault(ChainFault Cause, string Detail, RpcReply? Reply)
{
    public static WatchFault Of(ChainAnswer<RpcReply> answer, string method)
        => answer is ChainAnswer<RpcReply>.Unavailable fault ? new WatchFault(fault.Cause, fault.Detail, null)
            : answer.TryGet(out var reply) ? new WatchFault(ChainFault.ServerError, BitcoindRpc.Describe(method, reply), reply)
            : throw new InvalidOperationException("a chain answer has two cases");

    public ChainAnswer<IReadOnlyList<Transaction>> As() => new ChainAnswer<IReadOnlyList<Transaction>>.Unavailable(Cause, Detail);
}
