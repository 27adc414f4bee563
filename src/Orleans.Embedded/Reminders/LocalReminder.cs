namespace Orleans.Embedded;

/// <summary>One reminder that ticks in this silo.</summary>
internal sealed class LocalReminder : IDisposable
{
    private readonly Silo _silo;
    private readonly TimeSpan _window;
    private readonly ITimer _clock;
    private DateTime _due;
    private volatile bool _disposed;

    public LocalReminder(Silo silo, ReminderEntry entry, TimeSpan window)
    {
        _silo = silo;
        _window = window;
        Entry = entry;
        _clock = silo.TimeProvider.CreateTimer(
            static reminder => ((LocalReminder)reminder!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var now = Now;
        _due = entry.StartAt >= now ? entry.StartAt : NextAfter(now);
        Arm(now);
    }

    public ReminderEntry Entry { get; }

    private DateTime Now => _silo.TimeProvider.GetUtcNow().UtcDateTime;

    public void Dispose()
    {
        _disposed = true;
        _clock.Dispose();
    }

    /// <summary>The first scheduled tick after a time.</summary>
    private DateTime NextAfter(DateTime now)
    {
        var period = Math.Max(Entry.Period.Ticks, TimeSpan.TicksPerSecond); // a foreign row may hold anything
        var passed = (now - Entry.StartAt).Ticks / period;
        return Entry.StartAt + TimeSpan.FromTicks((passed + 1) * period);
    }

    private void Arm(DateTime now)
    {
        var wait = _due - now;
        _clock.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < _window ? wait : _window, Timeout.InfiniteTimeSpan);
    }

    private void OnDue() => _silo.Turns.Post(() => _ = TickAsync());

    private async Task TickAsync()
    {
        if (_disposed)
        {
            return;
        }
        var now = Now;
        if (now >= _due)
        {
            try
            {
                await _silo.GrainFactory.GetGrain<IRemindable>(Entry.GrainId)
                    .ReceiveReminder(Entry.ReminderName, new TickStatus(Entry.StartAt, Entry.Period, now));
            }
            catch (Exception error)
            {
                if (!_disposed)
                {
                    SiloLog.ReminderFailed(_silo.Log, Entry.GrainId, Entry.ReminderName, error);
                }
            }
            now = Now;
            _due = NextAfter(now);
        }
        if (!_disposed)
        {
            Arm(now);
        }
    }
}
