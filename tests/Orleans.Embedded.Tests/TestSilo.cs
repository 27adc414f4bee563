using Coordinator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Coordinator.Engine.Tests;

/// <summary>A cluster of one silo on a clock that the test drives, and a notebook that its grains write into.</summary>
public sealed class TestSilo : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestSilo(InProcessTestCluster cluster, ManualTimeProvider clock, Notebook notebook)
    {
        Cluster = cluster;
        Clock = clock;
        Notebook = notebook;
    }

    public InProcessTestCluster Cluster { get; }

    public ManualTimeProvider Clock { get; }

    public Notebook Notebook { get; }

    public IGrainFactory Grains => Cluster.Client;

    public InProcessSiloHandle Handle => Cluster.Silos.Single();

    public static async Task<TestSilo> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var clock = new ManualTimeProvider();
        var notebook = new Notebook();
        var cluster = new InProcessTestClusterBuilder(1)
            .ConfigureSilo((_, silo) =>
            {
                silo.Services.AddSingleton<TimeProvider>(clock);
                silo.Services.AddSingleton(notebook);
                silo.AddMemoryGrainStorageAsDefault();
                configure?.Invoke(silo);
            })
            .Build();
        await cluster.DeployAsync();
        return new TestSilo(cluster, clock, notebook);
    }

    /// <summary>Moves the clock in steps until something is so; gives up by the wall clock, with words.</summary>
    public async Task AdvanceUntilAsync(TimeSpan step, Func<bool> done, string awaited)
    {
        await SettleAsync(done);
        for (var steps = 0; steps < 1_000; steps++)
        {
            if (done())
            {
                return;
            }
            Clock.Advance(step);
            await SettleAsync(done);
        }
        Assert.Fail($"gave up waiting for {awaited}; notebook: {Notebook}");
    }

    /// <summary>Waits for something the engine is about to do without any move of the clock.</summary>
    public async Task UntilAsync(Func<bool> done, string awaited)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!done())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                Assert.Fail($"gave up waiting for {awaited}; notebook: {Notebook}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    /// <summary>Lets the pool run dry, a few milliseconds at most.</summary>
    public static async Task SettleAsync(Func<bool>? done = null)
    {
        for (var round = 0; round < 10 && done?.Invoke() != true; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}

/// <summary>What grains did, in order, and doors they wait at until the test opens them.</summary>
public sealed class Notebook
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, TaskCompletionSource> _doors = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
        }
    }

    public int Count(string line) => Lines.Count(written => written == line);

    public bool Has(string line) => Count(line) > 0;

    public Task PassAsync(string door) => Door(door).Task;

    public void Open(string door) => Door(door).TrySetResult();

    public override string ToString() => string.Join(", ", Lines);

    private TaskCompletionSource Door(string name)
    {
        lock (_gate)
        {
            if (!_doors.TryGetValue(name, out var door))
            {
                _doors[name] = door = new TaskCompletionSource();
            }
            return door;
        }
    }
}
