using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Embedded;

namespace Orleans.Configuration
{
    /// <summary>Where a cluster would keep its members.</summary>
    public class AdoNetClusteringSiloOptions
    {
        /// <summary>The database's connection string.</summary>
        public string? ConnectionString { get; set; }

        /// <summary>The driver's invariant name.</summary>
        public string? Invariant { get; set; }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Asks for a cluster, which this engine is not: the silo refuses to start, and says how to build for one.</summary>
    public static class ClusteringExtensions
    {
        /// <summary>Refused at the start of the silo.</summary>
        public static ISiloBuilder UseLocalhostClustering(
            this ISiloBuilder builder, int siloPort = 11111, int gatewayPort = 30000, IPEndPoint? primarySiloEndpoint = null,
            string serviceId = "dev", string clusterId = "dev")
            => builder.Refuse(nameof(UseLocalhostClustering));

        /// <summary>Refused at the start of the silo.</summary>
        public static ISiloBuilder UseDevelopmentClustering(this ISiloBuilder builder, IPEndPoint primarySiloEndpoint)
            => builder.Refuse(nameof(UseDevelopmentClustering));

        /// <summary>Refused at the start of the silo.</summary>
        public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions)
            => builder.Refuse(nameof(UseAdoNetClustering));

        private static ISiloBuilder Refuse(this ISiloBuilder builder, string call)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddSingleton(new ClusteringRefusal(call));
            return builder;
        }
    }
}

namespace Orleans.Embedded
{
    /// <summary>A call that asked for a cluster.</summary>
    internal sealed record ClusteringRefusal(string Call)
    {
        public string Sentence
            => $"{Call} asks for a cluster, but this build has the embedded engine, which is one silo in one process; "
                + "build with -p:OrleansEngine=Microsoft to run a cluster.";
    }

    /// <summary>Refuses the start of a host that asked to be a client of a cluster.</summary>
    internal sealed class RefusingService(IEnumerable<ClusteringRefusal> refusals) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
            => Task.FromException(new OrleansConfigurationException(refusals.First().Sentence));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
