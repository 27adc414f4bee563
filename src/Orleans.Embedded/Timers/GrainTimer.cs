namespace Orleans.Embedded;

/// <summary>A timer of one activation. A tick is a request in the activation's queue; the next one is armed when it has run.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(0xfffffffe);

    private readonly Lock _gate = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ITimer _clock;
    private TimeSpan _period;
    private int _changes;
    private bool _disposed;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _period = options.Period;
        _clock = activation.Silo.TimeProvider.CreateTimer(
            static timer => ((GrainTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public static GrainTimer Start(IGrainContext context, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, options.Period);
        if (context is not Activation activation)
        {
            throw new InvalidOperationException("A timer needs a grain that lives in a silo.");
        }
        activation.CheckAccess();
        var timer = new GrainTimer(activation, callback, options);
        activation.Add(timer);
        timer.Arm(options.DueTime);
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _changes++;
            _period = period;
        }
        Arm(dueTime);
    }

    public void Dispose()
    {
        if (TryStop())
        {
            _activation.Remove(this);
            _stopped.Cancel();
        }
    }

    /// <summary>Stops without a word to the grain: what hangs on the token would run on the killer's thread.</summary>
    public void Kill() => TryStop();

    private bool TryStop()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }
            _disposed = true;
        }
        _clock.Dispose();
        return true;
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        CheckOne(dueTime, nameof(dueTime));
        CheckOne(period, nameof(period));
    }

    private static void CheckOne(TimeSpan time, string name)
    {
        if ((time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) || time > Longest)
        {
            throw new ArgumentOutOfRangeException(name, time, $"a timer's time is infinite, or from zero to {Longest}");
        }
    }

    private void Arm(TimeSpan due) => _clock.Change(due, Timeout.InfiniteTimeSpan);

    private void OnDue() => _activation.Receive(new Tick(this));

    private async Task RunAsync()
    {
        int before;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            before = _changes;
        }
        try
        {
            await _callback(_stopped.Token);
        }
        catch (Exception error)
        {
            if (!_stopped.IsCancellationRequested)
            {
                SiloLog.TimerFailed(_activation.Silo.Log, _activation.GrainId, error);
            }
            _activation.Observe(error);
        }
        TimeSpan next;
        lock (_gate)
        {
            if (_disposed || before != _changes)
            {
                return;
            }
            // A period of zero would never let the clock move on.
            next = _period == TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : _period;
        }
        Arm(next);
    }

    private sealed class Tick(GrainTimer timer) : Request
    {
        public override bool Interleaves => timer._options.Interleave;

        public override bool KeepsAlive => timer._options.KeepAlive;

        public override void Reject(Exception error)
        {
        }

        protected override Task RunAsync(Activation activation)
        {
            RequestContext.Clear();
            return timer.RunAsync();
        }
    }
}
