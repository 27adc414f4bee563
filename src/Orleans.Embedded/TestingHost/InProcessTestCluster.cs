using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Embedded;
using Orleans.Hosting;

namespace Orleans.TestingHost;

/// <summary>One silo in the test's process that can be stopped, killed and started again.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
{
    private readonly TestClient _client;
    private InProcessSiloHandle? _silo;
    private int _lives;

    internal InProcessTestCluster(InProcessTestClusterOptions options)
    {
        Options = options;
        _client = new TestClient(this);
    }

    /// <summary>The settings.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>A client outside of the silo. Its references stay good when the silo is started again.</summary>
    public IClusterClient Client => _client;

    /// <summary>The silo, if one lives.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => _silo is { } silo ? [silo] : [];

    internal InProcessSiloHandle Current
        => _silo ?? throw new SiloUnavailableException("No active nodes: the test cluster has no silo now.");

    /// <summary>Starts the cluster.</summary>
    public async Task DeployAsync()
    {
        if (_silo is not null)
        {
            throw new InvalidOperationException("The test cluster has been deployed already.");
        }
        _silo = await StartSiloAsync();
    }

    /// <summary>The silo, if one lives and takes calls.</summary>
    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => Silos.Where(silo => silo.IsActive);

    /// <summary>The services of the silo.</summary>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null)
        => silo is null || silo.Equals(Current.SiloAddress)
            ? Current.ServiceProvider
            : throw new ArgumentException($"The test cluster has no silo {silo}.", nameof(silo));

    /// <summary>Stops a silo in good order: its grains get their <c>OnDeactivateAsync</c>.</summary>
    public Task StopSiloAsync(InProcessSiloHandle instance) => StopAsync(instance, CancellationToken.None);

    /// <summary>Stops every silo in good order.</summary>
    public Task StopAllSilosAsync() => _silo is { } silo ? StopSiloAsync(silo) : Task.CompletedTask;

    /// <summary>Ends a silo as a crash would: no <c>OnDeactivateAsync</c>, pending turns dropped, stale grains fenced. Its host's other
    /// services are told to stop at once.</summary>
    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        if (!TakeOut(instance))
        {
            return;
        }
        instance.Silo.Incarnation.Kill();
        try
        {
            await instance.SiloHost.StopAsync(new CancellationToken(canceled: true));
        }
        catch (Exception error) when (error is OperationCanceledException or AggregateException or OrleansException)
        {
            // services that had no time to stop: that is what a kill is
        }
        await DisposeAsync(instance);
    }

    /// <summary>Stops a silo in good order and starts it again under its name.</summary>
    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        return _silo ??= await StartSiloAsync();
    }

    /// <summary>Starts a silo where none lives; a second one is refused.</summary>
    /// <exception cref="NotSupportedException">A silo lives already.</exception>
    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync()
        => _silo is null
            ? _silo = await StartSiloAsync()
            : throw new NotSupportedException(
                "The test asks for a second silo, but this build has the embedded engine, which is one silo in one process; "
                + "build with -p:OrleansEngine=Microsoft.");

    /// <summary>Returns at once: one silo knows who lives.</summary>
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    /// <summary>Ends the activation of a grain and waits for its end; nothing happens where there is none.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <summary>Ends the activation of a grain and waits for its end; nothing happens where there is none.</summary>
    public async Task DeactivateAsync(GrainId grainId)
    {
        foreach (var activation in Current.Silo.Catalog.Snapshot().Where(activation => activation.GrainId == grainId))
        {
            activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "A test asked for it."));
            await activation.Deactivated;
        }
    }

    /// <summary>The activation of a grain, if it has one.</summary>
    public bool TryGetGrainContext(GrainId grainId, [NotNullWhen(true)] out IGrainContext? context)
    {
        context = _silo?.Silo.Catalog.Snapshot().FirstOrDefault(activation => activation.GrainId == grainId);
        return context is not null;
    }

    /// <summary>Stops everything; a grain that does not end within five seconds is dropped. Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_silo is { } silo)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            await StopAsync(silo, patience.Token);
        }
    }

    private static async Task DisposeAsync(InProcessSiloHandle silo)
    {
        if (silo.SiloHost is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            silo.SiloHost.Dispose();
        }
    }

    private async Task StopAsync(InProcessSiloHandle instance, CancellationToken cancellation)
    {
        if (TakeOut(instance))
        {
            await instance.SiloHost.StopAsync(cancellation);
            await DisposeAsync(instance);
        }
    }

    private bool TakeOut(InProcessSiloHandle instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Interlocked.CompareExchange(ref _silo, null, instance) == instance;
    }

    private async Task<InProcessSiloHandle> StartSiloAsync()
    {
        const string Name = "Silo_0";
        var specific = new InProcessTestSiloSpecificOptions { SiloName = Name };
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = Name });
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        foreach (var configure in Options.HostDelegates)
        {
            configure(specific, builder);
        }
        builder.Services.AddSingleton(new SiloIncarnation(++_lives));
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Options.ClusterId, Options.ServiceId));
            silo.Configure<SiloOptions>(who => who.SiloName = specific.SiloName);
            foreach (var configure in Options.SiloDelegates)
            {
                configure(specific, silo);
            }
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }
        return new InProcessSiloHandle(host, Name);
    }

    /// <summary>Sends each call to the silo that lives at that moment.</summary>
    private sealed class TestClient(InProcessTestCluster cluster) : GrainFactory(new Router(cluster), GrainMap.OfThisApplication), IClusterClient
    {
        public IServiceProvider ServiceProvider => cluster.Current.ServiceProvider;

        private sealed class Router(InProcessTestCluster cluster) : ICallRouter
        {
            public object? Send(GrainReference reference, MethodShape shape, object?[] arguments)
            {
                if (cluster._silo is { } silo)
                {
                    return silo.Silo.Send(reference, shape, arguments);
                }
                var error = new SiloUnavailableException("No active nodes: the test cluster has no silo now.");
                if (shape.Returns.IsSequence)
                {
                    throw error;
                }
                var promise = shape.NewPromise();
                promise.TryFail(error);
                return promise.Returned;
            }
        }
    }
}
