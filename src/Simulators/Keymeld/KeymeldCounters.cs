namespace Coordinator.Simulators.Keymeld;

/// <summary>What went over the wire since the start, for benches. Bytes are those of bodies as they travel.</summary>
/// <param name="Requests">Control routes do not count.</param>
/// <param name="BytesIn">Request bodies.</param>
/// <param name="BytesOut">Answers' bodies.</param>
/// <param name="KeygenSessions">Reserved.</param>
/// <param name="SigningSessions">Created.</param>
public sealed record KeymeldCounts(long Requests, long BytesIn, long BytesOut, long KeygenSessions, long SigningSessions);

/// <summary>Counts. Thread-safe.</summary>
public sealed class KeymeldCounters
{
    private long _requests;
    private long _bytesIn;
    private long _bytesOut;
    private long _keygens;
    private long _signings;

    public KeymeldCounts Now => new(
        Interlocked.Read(ref _requests), Interlocked.Read(ref _bytesIn), Interlocked.Read(ref _bytesOut),
        Interlocked.Read(ref _keygens), Interlocked.Read(ref _signings));

    internal void Count(KeymeldCall call, KeymeldReply reply, long bytesIn, long bytesOut)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytesIn, bytesIn);
        Interlocked.Add(ref _bytesOut, bytesOut);
        if (call.Method == "POST" && reply.Status == 200)
        {
            Interlocked.Add(ref _keygens, call.Path.EndsWith("/keygen/reserve", StringComparison.Ordinal) ? 1 : 0);
            Interlocked.Add(ref _signings, call.Path.EndsWith("/signing", StringComparison.Ordinal) ? 1 : 0);
        }
    }
}
