using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Orleans.TestingHost;

/// <summary>Settings of a test cluster.</summary>
public sealed class InProcessTestClusterOptions
{
    internal InProcessTestClusterOptions()
    {
    }

    /// <summary>The cluster's id.</summary>
    public string ClusterId { get; set; } = "test-cluster";

    /// <summary>The service's id.</summary>
    public string ServiceId { get; set; } = "test-service";

    /// <summary>How many silos start; this engine knows one.</summary>
    public int InitialSilosCount { get; set; } = 1;

    internal List<Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder>> HostDelegates { get; } = [];

    internal List<Action<InProcessTestSiloSpecificOptions, ISiloBuilder>> SiloDelegates { get; } = [];
}

/// <summary>Who one silo of a test cluster is.</summary>
public sealed class InProcessTestSiloSpecificOptions
{
    /// <summary>Its name; a restarted silo keeps it.</summary>
    public string SiloName { get; set; } = string.Empty;
}

/// <summary>Builds a silo inside the test's process. The functions given may capture objects: test and silo share them, and a restarted
/// silo is configured by the same functions again.</summary>
public sealed class InProcessTestClusterBuilder
{
    /// <summary>Starts a description.</summary>
    /// <param name="initialSilosCount">How many silos; this engine knows one, and refuses others when the cluster is built.</param>
    public InProcessTestClusterBuilder(short initialSilosCount = 2) => Options.InitialSilosCount = initialSilosCount;

    /// <summary>The settings.</summary>
    public InProcessTestClusterOptions Options { get; } = new();

    /// <summary>Configures each silo.</summary>
    public InProcessTestClusterBuilder ConfigureSilo(Action<InProcessTestSiloSpecificOptions, ISiloBuilder> configureSiloDelegate)
    {
        ArgumentNullException.ThrowIfNull(configureSiloDelegate);
        Options.SiloDelegates.Add(configureSiloDelegate);
        return this;
    }

    /// <summary>Configures each silo's host, before the silo is added to it.</summary>
    public InProcessTestClusterBuilder ConfigureSiloHost(Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder> configureSiloHostDelegate)
    {
        ArgumentNullException.ThrowIfNull(configureSiloHostDelegate);
        Options.HostDelegates.Add(configureSiloHostDelegate);
        return this;
    }

    /// <summary>Configures every host, before the silo is added to it.</summary>
    public InProcessTestClusterBuilder ConfigureHost(Action<IHostApplicationBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(configureDelegate);
        return ConfigureSiloHost((_, host) => configureDelegate(host));
    }

    /// <summary>The cluster, not started yet.</summary>
    /// <exception cref="NotSupportedException">More or less than one silo is asked for.</exception>
    public InProcessTestCluster Build()
        => Options.InitialSilosCount == 1
            ? new InProcessTestCluster(Options)
            : throw new NotSupportedException(
                $"The test asks for {Options.InitialSilosCount} silos, but this build has the embedded engine, which is one silo in one process; "
                + "ask for one, or build with -p:OrleansEngine=Microsoft.");
}
