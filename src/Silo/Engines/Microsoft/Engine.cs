using Orleans.Configuration;

namespace Coordinator.Silo;

/// <summary>Microsoft's engine: how a process joins its cluster, as a silo or as a client.</summary>
internal static class Engine
{
    public const bool HasClusters = true;

    /// <summary>Puts the silo where the configuration says that it is found.</summary>
    public static ISiloBuilder Join(this ISiloBuilder silo, OrleansSection section) => section.UsesPostgres
        ? silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresDriver.Invariant, section.ConnectionString))
            .ConfigureEndpoints(section.OwnAddress, section.SiloPort, section.GatewayPort, listenOnAnyHostAddress: true)
            .Configure<ClusterOptions>(section.Name)
            .AddEnginePages()
        : silo.UseLocalhostClustering(section.SiloPort, section.GatewayPort)
            .Configure<ClusterOptions>(section.Name)
            .AddEnginePages();

    /// <summary>Finds the silo from another process.</summary>
    public static void Connect(this IClientBuilder client, OrleansSection section) => (section.UsesPostgres
        ? client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresDriver.Invariant, section.ConnectionString))
        : client.UseLocalhostClustering(section.GatewayPort))
        .Configure<ClusterOptions>(section.Name);

    private static void Name(this OrleansSection section, ClusterOptions options)
        => (options.ClusterId, options.ServiceId) = (section.ClusterId, section.ServiceId);
}
