using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Embedded;
using Orleans.Hosting;

namespace Microsoft.Extensions.Hosting
{
    /// <summary>Puts a silo into a host.</summary>
    public static class OrleansSiloGenericHostExtensions
    {
        /// <summary>Adds the silo as a hosted service. Hosted services added after this may call grains in their start and their stop;
        /// those added before may not.</summary>
        public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder>? configureDelegate = null)
        {
            ArgumentNullException.ThrowIfNull(hostAppBuilder);
            EmbeddedSilo.Add(hostAppBuilder.Services, hostAppBuilder.Configuration, configureDelegate);
            return hostAppBuilder;
        }

        /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
        public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder, Action<ISiloBuilder>? configureDelegate = null)
        {
            ArgumentNullException.ThrowIfNull(hostAppBuilder);
            EmbeddedSilo.Add(hostAppBuilder.Services, hostAppBuilder.Configuration, configureDelegate);
            return hostAppBuilder;
        }

        /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
        public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<ISiloBuilder>? configureDelegate = null)
            => hostBuilder.UseOrleans((_, silo) => configureDelegate?.Invoke(silo));

        /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
        public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<HostBuilderContext, ISiloBuilder> configureDelegate)
        {
            ArgumentNullException.ThrowIfNull(hostBuilder);
            ArgumentNullException.ThrowIfNull(configureDelegate);
            return hostBuilder.ConfigureServices((context, services) =>
                EmbeddedSilo.Add(services, context.Configuration, silo => configureDelegate(context, silo)));
        }

        /// <inheritdoc cref="UseOrleans(IHostApplicationBuilder, Action{ISiloBuilder})"/>
        public static IServiceCollection AddOrleans(this IServiceCollection services, Action<ISiloBuilder> configureDelegate)
        {
            ArgumentNullException.ThrowIfNull(services);
            EmbeddedSilo.Add(services, new ConfigurationBuilder().Build(), configureDelegate);
            return services;
        }
    }

    /// <summary>Would put a client of a cluster into a host.</summary>
    public static class OrleansClientGenericHostExtensions
    {
        /// <summary>This engine has no clusters to be a client of: the host refuses to start, and says how to build for one.</summary>
        public static IHostApplicationBuilder UseOrleansClient(
            this IHostApplicationBuilder hostAppBuilder, Action<IClientBuilder>? configureDelegate = null)
        {
            ArgumentNullException.ThrowIfNull(hostAppBuilder);
            hostAppBuilder.Services.AddSingleton(new ClusteringRefusal(nameof(UseOrleansClient)));
            hostAppBuilder.Services.AddHostedService<RefusingService>();
            return hostAppBuilder;
        }
    }
}

namespace Orleans.Embedded
{
    /// <summary>Adds the engine to a host.</summary>
    internal static class EmbeddedSilo
    {
        public static void Add(IServiceCollection services, IConfiguration configuration, Action<ISiloBuilder>? configure)
        {
            if (!services.Any(service => service.ServiceType == typeof(Silo)))
            {
                AddCore(services);
            }
            configure?.Invoke(new Builder(services, configuration));
        }

        private static void AddCore(IServiceCollection services)
        {
            services.AddLogging();
            services.AddOptions();
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<ITurns, ThreadPoolTurns>();
            services.TryAddSingleton(provider => SiloIncarnation.StartingNow(provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<Silo>();
            services.AddSingleton<IGrainRuntime>(provider => provider.GetRequiredService<Silo>());
            services.AddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<Silo>());
            services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<Silo>().GrainFactory);
            services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<Silo>().GrainFactory);
            services.AddHostedService<SiloService>();
        }

        private sealed record Builder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;
    }

    /// <summary>The silo as a hosted service of its host.</summary>
    internal sealed class SiloService(Silo silo) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => silo.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);
    }
}
