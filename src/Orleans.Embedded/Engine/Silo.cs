using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Embedded;

/// <summary>The one silo of a process: takes calls, finds the activation, and starts and stops everything.</summary>
internal sealed class Silo : IGrainRuntime, ILocalSiloDetails, ICallRouter
{
    private readonly StagedLifecycle _lifecycle = new();
    private readonly TimeSpan _responseTimeout;
    private ReminderService? _reminders;
    private volatile SiloStatus _status = SiloStatus.Created;

    public Silo(IServiceProvider services, TimeProvider clock, ITurns turns, SiloIncarnation incarnation, ILogger<Silo> log)
    {
        ServiceProvider = services;
        TimeProvider = clock;
        Turns = turns;
        Incarnation = incarnation;
        Log = log;
        Collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        _responseTimeout = services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout;
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        (ClusterId, Name) = (cluster.ClusterId, services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName ?? "silo");
        SiloAddress = SiloAddress.New(System.Net.IPAddress.Loopback, 0, incarnation.Generation);
        Map = GrainMap.OfThisApplication;
        GrainFactory = new HostedClient(this);
        Catalog = new Catalog(this);
        Collector = new IdleCollector(this);
        incarnation.OnKill = Kill;
    }

    public IServiceProvider ServiceProvider { get; }

    public TimeProvider TimeProvider { get; }

    public ITurns Turns { get; }

    public SiloIncarnation Incarnation { get; }

    public ILogger Log { get; }

    public GrainCollectionOptions Collection { get; }

    public GrainMap Map { get; }

    public Catalog Catalog { get; }

    private TurnScheduler Outside => field ??= new TurnScheduler(Turns);

    public IdleCollector Collector { get; }

    public HostedClient GrainFactory { get; }

    IGrainFactory IGrainRuntime.GrainFactory => GrainFactory;

    public IIncomingGrainCallFilter[] IncomingFilters => field ??= [.. ServiceProvider.GetServices<IIncomingGrainCallFilter>()];

    public IOutgoingGrainCallFilter[] OutgoingFilters => field ??= [.. ServiceProvider.GetServices<IOutgoingGrainCallFilter>()];

    public string SiloIdentity => $"{Name}@{Incarnation.Generation}";

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress => SiloAddress;

    public SiloStatus Status => _status;

    public TimeSpan TimeoutOf(MethodShape shape) => shape.Timeout ?? _responseTimeout;

    public void DeactivateOnIdle(IGrainContext grainContext)
        => grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);

    public object? Send(GrainReference reference, MethodShape shape, object?[] arguments)
    {
        if (shape.Returns.Sequence(this, reference, shape, arguments) is { } sequence)
        {
            return sequence;
        }
        var source = Activation.Current;
        var token = shape.TokenIndex >= 0 ? (CancellationToken)arguments[shape.TokenIndex]! : CancellationToken.None;
        var promise = shape.NewPromise();
        if (token.IsCancellationRequested)
        {
            promise.TryCancel(token);
        }
        else if (Refusal(reference.GrainId) is { } refusal)
        {
            promise.TryFail(refusal);
        }
        else if (OutgoingFilters.Length == 0)
        {
            Dispatch(new MethodCall(this, reference.GrainId, shape, arguments, promise, token, source));
        }
        else
        {
            var inner = new Promise<object?>(asValueTask: false);
            var call = new MethodCall(this, reference.GrainId, shape, arguments, inner, token, source);
            var filtered = new OutgoingCall(shape, reference, call, source, OutgoingFilters, () =>
            {
                Dispatch(call);
                return inner.Task;
            });
            Relay(filtered, promise, isOutside: source is null);
        }
        return promise.Returned;
    }

    /// <summary>Puts a request into the queue of its grain, activating it if need be; rejects it where that is impossible.</summary>
    public void Deliver(GrainId grainId, Request request)
    {
        if (Refusal(grainId) is { } refusal)
        {
            request.Reject(refusal);
            return;
        }
        try
        {
            while (!Catalog.FindOrCreate(grainId).Receive(request))
            {
                // it ended between the look-up and the hand-over; the next look finds another one
            }
        }
        catch (Exception error)
        {
            request.Reject(error);
        }
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var refusal in ServiceProvider.GetServices<ClusteringRefusal>())
        {
            throw new OrleansConfigurationException(refusal.Sentence);
        }
        Collector.CheckOptions();
        _reminders = ServiceProvider.GetService<ReminderService>();
        _status = SiloStatus.Joining;
        foreach (var participant in ServiceProvider.GetServices<ILifecycleParticipant<ISiloLifecycle>>().Distinct())
        {
            participant.Participate(_lifecycle);
        }
        _lifecycle.Subscribe<Silo>(ServiceLifecycleStage.BecomeActive, BecomeActiveAsync, StopGrainsAsync);
        try
        {
            await _lifecycle.StartAsync(cancellation);
        }
        catch
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_status == SiloStatus.Dead)
        {
            return;
        }
        _status = _status == SiloStatus.Active ? SiloStatus.ShuttingDown : SiloStatus.Stopping;
        await _lifecycle.StopAsync((part, error) => SiloLog.StopFailed(Log, part, error), cancellation);
        _status = SiloStatus.Dead;
        SiloLog.Stopped(Log, SiloIdentity);
    }

    /// <summary>Ends without a goodbye: no <c>OnDeactivateAsync</c>, pending turns are dropped, whatever still runs is fenced.</summary>
    private void Kill()
    {
        _status = SiloStatus.Dead;
        Catalog.Seal();
        Collector.Stop();
        _reminders?.Kill();
        var error = new SiloUnavailableException($"Silo {SiloIdentity} was killed while the call was pending: its outcome is unknown.");
        foreach (var activation in Catalog.Snapshot())
        {
            activation.Kill(error);
            Catalog.Remove(activation);
        }
    }

    /// <summary>Why no call can be taken now; null when it can.</summary>
    private OrleansException? Refusal(GrainId grainId)
    {
        if (Incarnation.IsFenced)
        {
            return new SiloUnavailableException($"Silo {SiloIdentity} was killed; it takes no calls to {grainId}.");
        }
        return _status switch
        {
            SiloStatus.Created or SiloStatus.Joining
                => new OrleansException($"No active nodes are compatible with grain {grainId}: the silo has not started yet."),
            SiloStatus.Dead => new SiloUnavailableException($"No active nodes are compatible with grain {grainId}: the silo has stopped."),
            _ => null,
        };
    }

    private void Relay(OutgoingCall call, Promise promise, bool isOutside)
    {
        if (isOutside)
        {
            Outside.Start(() => _ = RelayAsync(call, promise));
        }
        else
        {
            _ = RelayAsync(call, promise);
        }
    }

    private static async Task RelayAsync(OutgoingCall call, Promise promise)
    {
        object? result;
        try
        {
            result = await call.RunAsync();
        }
        catch (Exception error)
        {
            promise.TryFail(error);
            return;
        }
        promise.TryComplete(result);
    }

    private void Dispatch(MethodCall call)
    {
        call.Carry();
        call.Arm();
        Deliver(call.TargetId, call);
    }

    private Task BecomeActiveAsync(CancellationToken cancellation)
    {
        _status = SiloStatus.Active;
        Collector.Start();
        SiloLog.Active(Log, SiloIdentity);
        return Task.CompletedTask;
    }

    private async Task StopGrainsAsync(CancellationToken cancellation)
    {
        Collector.Stop();
        Catalog.Seal();
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is shutting down.");
        var live = Catalog.Snapshot();
        foreach (var activation in live)
        {
            activation.Deactivate(reason, cancellation);
        }
        try
        {
            await Task.WhenAll(live.Select(activation => activation.Deactivated))
                .WaitAsync(Collection.DeactivationTimeout, TimeProvider, cancellation);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            var lost = new SiloUnavailableException($"Silo {SiloIdentity} stopped while the call was pending: its outcome is unknown.");
            foreach (var activation in Catalog.Snapshot())
            {
                SiloLog.Dropped(Log, activation.GrainId);
                activation.Kill(lost);
                Catalog.Remove(activation);
            }
        }
    }
}

/// <summary>The client inside the silo's host.</summary>
internal sealed class HostedClient(Silo silo) : GrainFactory(silo, silo.Map), IClusterClient
{
    public IServiceProvider ServiceProvider => silo.ServiceProvider;
}
