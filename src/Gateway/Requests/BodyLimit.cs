namespace Coordinator.Gateway;

/// <summary>How many bytes a body may have (D12), both as it is sent and after decompression.</summary>
internal static class BodyLimit
{
    /// <summary>All routes but two.</summary>
    internal const int Small = 256 * 1_024;

    /// <summary>Nonces and signatures.</summary>
    internal const int Large = 16 * 1_024 * 1_024;
}

/// <summary>Lets a few large bodies be unpacked and handed on at a time, so that the gateway's memory has a bound.</summary>
internal sealed class LargeBodies : IDisposable
{
    private const int AtOnce = 8;
    private readonly SemaphoreSlim _room = new(AtOnce, AtOnce);

    /// <summary>Waits for room; leaves it when disposed.</summary>
    internal async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        return new Place(_room);
    }

    public void Dispose() => _room.Dispose();

    private sealed class Place(SemaphoreSlim room) : IDisposable
    {
        private SemaphoreSlim? _room = room;

        public void Dispose() => Interlocked.Exchange(ref _room, null)?.Release();
    }
}
