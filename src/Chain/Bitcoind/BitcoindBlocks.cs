using System.Globalization;

namespace Coordinator.Chain;

/// <summary>New blocks of a Bitcoin node by a long poll: one call that the node answers once it has the next block, or after the time given.</summary>
/// <remarks>It asks for a height and not just for "a new block": what came between the caller's last look and the call is not missed.</remarks>
public sealed class BitcoindBlocks : IBlockSignal
{
    private readonly BitcoindRpc _rpc;
    private readonly BitcoindOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="http">Its own timeout must be infinite, and its connections its own: one of them waits all the time. Its owner disposes it.</param>
    /// <param name="options">Validated.</param>
    /// <param name="time">Measures every wait.</param>
    public BitcoindBlocks(HttpClient http, BitcoindOptions options, TimeProvider time)
        => (_rpc, _options, _time) = (new BitcoindRpc(http, options, time), options, time);

    public async Task WaitAsync(ChainTip tip, TimeSpan atMost, CancellationToken cancellation)
    {
        var begun = _time.GetTimestamp();
        var question = string.Create(CultureInfo.InvariantCulture, $"[{tip.Height + 1}, {Math.Max(1, (long)atMost.TotalMilliseconds)}]");
        var asked = await _rpc.CallAsync("waitforblockheight", question, cancellation, atMost + _options.CallTimeout);
        if (asked.TryGet(out var reply) && reply.IsOk)
        {
            return;
        }

        // A fault, or a node without the call: the time passes as it would without it.
        var left = atMost - _time.GetElapsedTime(begun);
        if (left > TimeSpan.Zero && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(left, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
