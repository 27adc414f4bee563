namespace Coordinator.Chain;

/// <summary>What every client of a chain source does: reads answers with a bound, and repeats reads while the fault may pass.</summary>
internal static class BoundedReads
{
    /// <summary>The whole body, or null where it is larger than this many bytes.</summary>
    public static async Task<byte[]?> BodyAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > mostBytes)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var whole = new MemoryStream();
        var part = new byte[16 * 1024];
        while (await stream.ReadAsync(part, cancellation) is > 0 and var read)
        {
            await whole.WriteAsync(part.AsMemory(0, read), cancellation);
            if (whole.Length > mostBytes)
            {
                return null;
            }
        }

        return whole.ToArray();
    }

    /// <summary>Tries again, with a pause that doubles, while the answer is unavailable for a cause that may pass.</summary>
    /// <param name="attempts">In all.</param>
    public static async Task<ChainAnswer<T>> RetryAsync<T>(
        Func<Task<ChainAnswer<T>>> attempt, int attempts, TimeSpan firstPause, TimeProvider time, CancellationToken cancellation)
    {
        var pause = firstPause;
        for (var tries = 1; ; tries++)
        {
            var answer = await attempt();
            cancellation.ThrowIfCancellationRequested();
            if (answer.Fault is null or ChainFault.Refused or ChainFault.TooLarge || tries >= attempts)
            {
                return answer;
            }

            await Task.Delay(pause, time, cancellation);
            pause *= 2;
        }
    }
}
