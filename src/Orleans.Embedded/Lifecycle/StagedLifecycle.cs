namespace Orleans.Embedded;

/// <summary>Starts observers stage by stage, in the order they came within a stage, and stops the started ones in reverse.</summary>
internal sealed class StagedLifecycle : ISiloLifecycle, IGrainLifecycle
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private readonly Stack<Subscription> _started = new();

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observerName, stage, observer);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }
        return subscription;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var subscription in Ordered())
        {
            cancellation.ThrowIfCancellationRequested();
            await subscription.Observer.OnStart(cancellation);
            _started.Push(subscription);
            HighestCompletedStage = subscription.Stage;
        }
    }

    /// <summary>Stops what was started; hands each failure to <paramref name="failed"/> and goes on.</summary>
    public async Task StopAsync(Action<string, Exception> failed, CancellationToken cancellation)
    {
        while (_started.TryPop(out var subscription))
        {
            try
            {
                await subscription.Observer.OnStop(cancellation);
            }
            catch (Exception error)
            {
                failed(subscription.Name, error);
            }
            LowestStoppedStage = subscription.Stage;
        }
    }

    private Subscription[] Ordered()
    {
        lock (_gate)
        {
            return [.. _subscriptions.OrderBy(subscription => subscription.Stage)];
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed class Subscription(StagedLifecycle owner, string name, int stage, ILifecycleObserver observer) : IDisposable
    {
        public string Name => name;

        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        public void Dispose() => owner.Remove(this);
    }
}
