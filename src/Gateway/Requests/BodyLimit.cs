namespace Coordinator.Gateway;

/// <summary>How large a route's body may be (D12).</summary>
/// <param name="Bytes">Both as it is sent and unpacked.</param>
/// <param name="MayBePacked">The route takes gzip.</param>
internal sealed record BodyLimit(int Bytes, bool MayBePacked);

/// <summary>The two kinds of body, and how many of the large ones are in memory at a time.</summary>
internal sealed class BodyLimits(GatewayOptions options) : IDisposable
{
    private readonly SemaphoreSlim _room = new(options.Limits.LargeBodies, options.Limits.LargeBodies);

    /// <summary>All routes but two.</summary>
    internal BodyLimit Small { get; } = new(options.Limits.BodyBytes, MayBePacked: false);

    /// <summary>Nonces and signatures.</summary>
    internal BodyLimit Large { get; } = new(options.Limits.LargeBodyBytes, MayBePacked: true);

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
