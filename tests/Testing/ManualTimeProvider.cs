namespace Coordinator.Testing;

/// <summary>A clock that stands still until a test moves it. One test drives it; timers fire on the thread that advances, in the order
/// of their due times, and of their arming where those are equal.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _start;
    private readonly PriorityQueue<Arming, (long Due, long Order)> _armed = new();
    private long _elapsed;
    private long _order;

    /// <summary>Starts at 2026-01-01 00:00 UTC.</summary>
    public ManualTimeProvider() : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at a time.</summary>
    public ManualTimeProvider(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <summary>UTC.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Ticks of 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.UnorderedItems.Count(item => item.Element.IsCurrent);
            }
        }
    }

    /// <summary>When the next timer fires; null where none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                while (_armed.TryPeek(out var arming, out var at))
                {
                    if (arming.IsCurrent)
                    {
                        return _start.AddTicks(at.Due);
                    }
                    _armed.Dequeue();
                }
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Interlocked.Read(ref _elapsed));

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

    /// <summary>Moves the clock, firing each timer at its own time on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Interlocked.Read(ref _elapsed) + by.Ticks;
        while (TakeDue(end) is { } due)
        {
            due.Fire();
        }
        lock (_gate)
        {
            _elapsed = Math.Max(_elapsed, end);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long end)
    {
        lock (_gate)
        {
            while (_armed.TryPeek(out var arming, out var at) && at.Due <= end)
            {
                _armed.Dequeue();
                if (!arming.IsCurrent)
                {
                    continue;
                }
                _elapsed = Math.Max(_elapsed, at.Due);
                arming.Timer.Rearm();
                return arming.Timer;
            }
            return null;
        }
    }

    private sealed record Arming(ManualTimer Timer, long Version)
    {
        public bool IsCurrent => Timer.Version == Version;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        public long Version { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed)
                {
                    return false;
                }
                _period = period;
                Arm(dueTime);
                return true;
            }
        }

        public void Rearm() => Arm(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                Version++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan due)
        {
            Version++;
            if (due != Timeout.InfiniteTimeSpan)
            {
                clock._armed.Enqueue(new Arming(this, Version), (clock._elapsed + due.Ticks, clock._order++));
            }
        }
    }
}
