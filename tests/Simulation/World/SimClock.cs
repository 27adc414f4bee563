namespace Coordinator.Simulation;

/// <summary>Virtual time. A timer that is due becomes a turn like any other, so that the seed orders it against the rest.</summary>
internal sealed class SimClock(Action<Action> post) : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(SimTimer Timer, long Version), (long Due, long Order)> _armed = new();
    private long _elapsed;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_elapsed);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_elapsed);

    public override long GetTimestamp() => _elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the earliest timer and makes turns of all that are due then; false where none is armed.</summary>
    public bool StepToNextTimer()
    {
        long? moment = null;
        while (_armed.TryPeek(out var armed, out var at) && (moment is null || at.Due <= moment))
        {
            _armed.Dequeue();
            if (armed.Timer.Version != armed.Version)
            {
                continue;
            }

            moment ??= at.Due;
            _elapsed = Math.Max(_elapsed, at.Due);
            armed.Timer.Fire(post);
        }

        return moment is not null;
    }

    private sealed class SimTimer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        public long Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
            {
                return false;
            }

            _period = period;
            Arm(dueTime);
            return true;
        }

        public void Fire(Action<Action> post)
        {
            Arm(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            post(() =>
            {
                if (!_disposed)
                {
                    callback(state);
                }
            });
        }

        public void Dispose()
        {
            _disposed = true;
            Version++;
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
                clock._armed.Enqueue((this, Version), (clock._elapsed + due.Ticks, clock._order++));
            }
        }
    }
}
