using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Calls of one method, counted. Safe to use from many threads.</summary>
internal sealed class CallTally(string method)
{
    /// <summary>So many of the newest calls say what is usual.</summary>
    private const int Newest = 256;

    private readonly Lock _gate = new();
    private readonly TimeSpan[] _newest = new TimeSpan[Newest];
    private long _calls;
    private long _errors;
    private TimeSpan _total;
    private TimeSpan _longest;
    private string? _lastError;
    private DateTimeOffset? _lastErrorAt;

    /// <summary>Counts one call.</summary>
    /// <param name="error">Type of the exception that ended it; null where it was answered.</param>
    public void Add(TimeSpan took, string? error, DateTimeOffset now)
    {
        lock (_gate)
        {
            _newest[_calls % Newest] = took;
            _calls++;
            _total += took;
            _longest = took > _longest ? took : _longest;
            if (error is not null)
            {
                _errors++;
                (_lastError, _lastErrorAt) = (error, now);
            }
        }
    }

    public GrainMethodLine Line()
    {
        lock (_gate)
        {
            var known = _newest.AsSpan(0, (int)Math.Min(_calls, Newest)).ToArray();
            Array.Sort(known);
            var p95 = known.Length == 0 ? TimeSpan.Zero : known[((known.Length * 95) + 99) / 100 - 1];
            return new(method, _calls, _errors, _calls == 0 ? TimeSpan.Zero : _total / _calls, p95, _longest, _lastError, _lastErrorAt);
        }
    }
}
