using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Orleans.Embedded;

/// <summary>One live grain: its instance, its scheduler, and the requests that run and wait.</summary>
internal sealed class Activation : IGrainContext
{
    private readonly RequestQueue _requests;
    private readonly AsyncServiceScope _scope;
    private readonly StagedLifecycle _lifecycle = new();
    private readonly TaskCompletionSource _ended = new();
    private readonly List<GrainTimer> _timers = [];
    private readonly Lock _timerGate = new();
    private DeactivationReason _reason;

    public Activation(Silo silo, GrainId grainId, GrainClass grainClass)
    {
        Silo = silo;
        GrainId = grainId;
        Class = grainClass;
        Scheduler = new ActivationScheduler(this, silo.Turns);
        _scope = silo.ServiceProvider.CreateAsyncScope();
        _requests = new RequestQueue(this);
    }

    /// <summary>The activation whose scheduler runs this code; null outside of grains, inside <c>Task.Run</c> and after
    /// <c>ConfigureAwait(false)</c>.</summary>
    public static Activation? Current => (TaskScheduler.Current as ActivationScheduler)?.Activation;

    public Silo Silo { get; }

    public GrainClass Class { get; }

    public ActivationScheduler Scheduler { get; }

    public GrainId GrainId { get; }

    public GrainReference GrainReference => field ??= GrainReference.Create(typeof(IAddressable), GrainId, Silo);

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _ended.Task;

    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>How many requests run and wait.</summary>
    public int Load => _requests.Load;

    /// <summary>Throws unless the caller runs on this activation's scheduler.</summary>
    public void CheckAccess()
    {
        if (!ReferenceEquals(Current, this))
        {
            throw new InvalidOperationException(
                $"Activation access violation. A non-activation thread attempted to access the services of {GrainId}. "
                + "Inside Task.Run and after ConfigureAwait(false) there is no grain.");
        }
        Silo.Incarnation.ThrowIfFenced();
    }

    public void Begin() => Scheduler.Start(static activation => _ = ((Activation)activation!).BeginAsync(), this);

    /// <summary>Takes a request; false when the activation has ended and another one must be found.</summary>
    public bool Receive(Request request) => _requests.Add(request);

    public void Finish(Request request) => _requests.Finish(request);

    public void OpenSection(CallChain chain) => _requests.OpenSection(chain);

    public void CloseSection(CallChain chain) => _requests.CloseSection(chain);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
        => _requests.Close(() => _reason = deactivationReason);

    public void DelayDeactivation(TimeSpan time) => _requests.Delay(time);

    /// <summary>How long nothing has used it; null while something runs or waits, or while it may not be collected.</summary>
    public TimeSpan? IdleTime() => Class.IsKeptAlive ? null : _requests.IdleTime();

    /// <summary>Looks at an exception that leaves the grain: a storage conflict of its own ends the activation.</summary>
    public void Observe(Exception error)
    {
        if (error is InconsistentStateException conflict && (conflict.FailedActivation is null || ReferenceEquals(conflict.FailedActivation, this)))
        {
            Deactivate(new(DeactivationReasonCode.ApplicationError, error, "A storage conflict escaped the grain."));
        }
    }

    public void Add(GrainTimer timer)
    {
        lock (_timerGate)
        {
            _timers.Add(timer);
        }
    }

    public void Remove(GrainTimer timer)
    {
        lock (_timerGate)
        {
            _timers.Remove(timer);
        }
    }

    /// <summary>Starts the end: called under the queue's lock once nothing runs.</summary>
    public void BeginEnd() => Scheduler.Start(static activation => _ = ((Activation)activation!).EndAsync(), this);

    /// <summary>Ends at once and for good: nothing of it runs again, and who waited outside learns that the outcome is unknown.</summary>
    public void Kill(Exception error)
    {
        Scheduler.Kill();
        StopTimers(timer => timer.Kill());
        foreach (var request in _requests.Abandon())
        {
            if (request.IsExternal)
            {
                request.Reject(error);
            }
        }
        _ended.TrySetResult();
    }

    private async Task BeginAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.TimeProvider);
            GrainInstance = Class.Create(this);
            var grain = (IGrainBase)GrainInstance;
            _lifecycle.Subscribe(
                "Grain", GrainLifecycleStage.Activate, grain.OnActivateAsync, cancellation => grain.OnDeactivateAsync(_reason, cancellation));
            await _lifecycle.StartAsync(patience.Token);
        }
        catch (Exception error)
        {
            SiloLog.ActivationFailed(Silo.Log, GrainId, error);
            _reason = new(DeactivationReasonCode.ActivationFailed, error, "The grain failed to activate.");
            await LeaveAsync();
            foreach (var request in _requests.Abandon())
            {
                request.Reject(error);
            }
            _ended.TrySetResult();
            return;
        }
        _requests.Open();
    }

    private async Task EndAsync()
    {
        await LeaveAsync();
        var waiting = _requests.Abandon();
        _ended.TrySetResult();
        foreach (var request in waiting)
        {
            request.Forward(Silo, GrainId);
        }
    }

    private async Task LeaveAsync()
    {
        StopTimers(timer => timer.Dispose());
        try
        {
            using var patience = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.TimeProvider);
            await _lifecycle.StopAsync((_, error) => SiloLog.DeactivationFailed(Silo.Log, GrainId, error), patience.Token);
            switch (GrainInstance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
                default:
                    break;
            }
            await _scope.DisposeAsync();
        }
        catch (Exception error)
        {
            SiloLog.DeactivationFailed(Silo.Log, GrainId, error);
        }
        Silo.Catalog.Remove(this);
    }

    private void StopTimers(Action<GrainTimer> stop)
    {
        GrainTimer[] timers;
        lock (_timerGate)
        {
            timers = [.. _timers];
            _timers.Clear();
        }
        foreach (var timer in timers)
        {
            stop(timer);
        }
    }
}
