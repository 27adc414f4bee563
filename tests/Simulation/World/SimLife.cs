using Coordinator.Grains;
using Coordinator.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded;

namespace Coordinator.Simulation;

/// <summary>One life of the service: its services on the embedded engine, without the generic host, whose threads are not the world's.
/// A kill takes effect between two turns; until then nothing acts for it any more.</summary>
internal sealed class SimLife(int number, SimLoop loop) : IFence, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SiloIncarnation _incarnation = new(number);
    private ServiceProvider? _services;

    public int Number => number;

    public bool IsOver { get; private set; }

    /// <summary>Its end was carried out.</summary>
    public bool IsBuried { get; private set; }

    /// <summary>How it ended.</summary>
    public (KillKind Kind, string Where) Death { get; private set; }

    /// <summary>Whether it takes calls.</summary>
    public bool IsUp { get; private set; }

    public IGrainFactory Grains => _services!.GetRequiredService<IGrainFactory>();

    /// <summary>Starts as the host does: silo, what is open goes on, watchers.</summary>
    public async Task StartAsync(IServiceCollection services)
    {
        services.AddSingleton(_incarnation);
        _services = services.BuildServiceProvider();
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        IsUp = !IsOver;
        await ActivatorUtilities.CreateInstance<SiloStart>(_services).StartAsync(CancellationToken.None);
        if (!IsOver)
        {
            var (blocks, invoices) = (ActivatorUtilities.CreateInstance<BlockWatcher>(_services), ActivatorUtilities.CreateInstance<InvoiceWatcher>(_services));
            loop.Go(() => Ignoring(blocks.RunAsync(_stop.Token)));
            loop.Go(() => Ignoring(invoices.RunAsync(_stop.Token)));
            loop.Go(() => Ignoring(ActivatorUtilities.CreateInstance<GenerationKeeper>(_services).RunAsync(_stop.Token)));
        }
    }

    /// <summary>Dies here; the first cause counts.</summary>
    public void Kill(KillKind kind, string where)
    {
        if (!IsOver)
        {
            (IsOver, IsUp, Death) = (true, false, (kind, where));
        }
    }

    /// <summary>Drops what it was doing. Called between turns.</summary>
    public void Bury()
    {
        IsBuried = true;
        _incarnation.Kill();
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();

    private static async Task Ignoring(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // The life is over.
        }
    }
}
