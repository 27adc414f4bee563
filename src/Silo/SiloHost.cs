using System.Diagnostics;
using Coordinator.Chain;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Storage;
using Coordinator.Storage.Sqlite;
using Coordinator.Wallet;
using Coordinator.Web;

namespace Coordinator.Silo;

/// <summary>The composition root: one process with silo, gateway, watchers, clients and storage.</summary>
public static class SiloHost
{
    /// <summary>Opens the data folder and builds the service; in the role of a gateway there is none. The caller runs and disposes it, then disposes the
    /// stores.</summary>
    /// <exception cref="SiloConfigurationException">The configuration does not fit.</exception>
    /// <exception cref="StorageException">The data folder is in use, broken or not writable.</exception>
    /// <exception cref="KeyFileException">The key file is missing rights or is no key.</exception>
    public static (WebApplication App, IOpenedStorage? Stores) Build(SiloOptions options, TimeProvider clock)
    {
        if (options.Orleans.IsGateway)
        {
            return options.Complaints().ToArray() is { Length: > 0 } complaints ? throw new SiloConfigurationException(complaints) : (GatewayHost.Build(options, clock), null);
        }

        var stores = Open(options);
        try
        {
            return (Build(options, stores.Ports, clock, stores), stores);
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    /// <summary>Checks the configuration and opens the data folder, which is made where it is missing. The caller disposes it.</summary>
    /// <exception cref="SiloConfigurationException">The configuration does not fit.</exception>
    /// <exception cref="StorageException">The data folder is in use, broken or not writable.</exception>
    public static IOpenedStorage Open(SiloOptions options)
    {
        if (options.Complaints().ToArray() is { Length: > 0 } complaints)
        {
            throw new SiloConfigurationException(complaints);
        }

        new GenerationMark(options.Data.MarkPath).Check();
        return SqliteStores.Open(new SqliteStorageOptions { DataDirectory = options.Data.Directory, Json = DocumentJson.Options });
    }

    /// <summary>The service over storage that somebody else opened.</summary>
    public static WebApplication Build(SiloOptions options, StoragePorts storage, TimeProvider clock, IOpenedStorage? stores = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddTelemetry(options.Telemetry, clock);
        builder.Services.AddSingleton(clock);
        AddClients(builder.Services, options, clock);
        AddAdapters(builder.Services, options);
        builder.UseOrleans(silo => silo.Join(options.Orleans).AddStorage(storage).AddReminders().AddTraces(options.Telemetry));
        builder.Services.AddSingleton<GrainActivity>();
        builder.Services.AddSingleton<IIncomingGrainCallFilter>(provider => provider.GetRequiredService<GrainActivity>());
        builder.Services.AddSingleton<IGrainReport, GrainReporter>();
        builder.Services.AddCoordinatorGrains();
        builder.Services.AddHostedService<SiloStart>();
        builder.Services.AddHostedService<FirstSecond>();
        builder.Services.AddHostedService<GenerationKeeper>();
        AddMeters(builder.Services, options);
        if (stores is not null)
        {
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DocumentCheck>(provider, stores));
        }

        builder.Services.AddCoordinatorWatchers();
        builder.Services.AddSingleton(new DashboardScene(options.Network));
        builder.AddGateway(options.Gateway);
        var app = builder.Build();
        _ = app.Services.GetRequiredService<EffectMeter>(); // its families are shown before the first effect
        app.MapGateway(alsoOperator: routes => routes.MapEnginePages());
        return app;
    }

    private static void AddMeters(IServiceCollection services, SiloOptions options) => services
        .AddSingleton(options)
        .AddSingleton<GrainCallMeter>()
        .AddSingleton<SiloHealth>()
        .AddSingleton<IHealthReport>(provider => provider.GetRequiredService<SiloHealth>())
        .AddHostedService<ServiceMeter>()
        .AddHostedService<BoardMeter>()
        .AddHostedService<OutsideMeter>()
        .AddHostedService<InsideMeter>();

    private static void AddClients(IServiceCollection services, SiloOptions options, TimeProvider clock)
    {
        // One connection pool for each service; addresses are fixed for the life of the process.
        var pool = Handler();
        services.AddSingleton(_ =>
        {
            using var root = KeyFile.LoadOrCreate(options.Data.KeyPath);
            return new CoordinatorKeys(root);
        });
        AddChain(services, options, pool, clock);
        services.AddSingleton<ILightning>(_ => new LndLightning(options.Lnd, clock));
        services.AddSingleton<IStationList>(_ => new OracleStations(Http(pool), options.OracleClient.BaseAddress, clock));
        services.AddSingleton<IOracle>(provider => new HttpOracle(
            Http(pool), options.OracleClient, provider.GetRequiredService<CoordinatorKeys>().Nostr, clock));
        if (options.Keymeld.Client is { } keymeld)
        {
            services.AddSingleton<IKeymeldGateway>(_ => new KeymeldConnection(Http(pool), keymeld, clock));
        }
    }

    private static void AddChain(IServiceCollection services, SiloOptions options, SocketsHttpHandler pool, TimeProvider clock)
    {
        if (!options.Chain.IsNode)
        {
            services.AddSingleton<IChain>(_ => new EsploraChain(Http(pool), options.Chain.Esplora(options.Network), clock).Traced(options.Telemetry));
            return;
        }

        // A node refuses more calls at once than its queue holds; one connection besides waits for blocks all the time.
        var node = options.Chain.Node(options.Network);
        var (calls, blocks) = (Handler(), Handler());
        (calls.UseProxy, calls.MaxConnectionsPerServer, blocks.UseProxy, blocks.MaxConnectionsPerServer) = (false, 8, false, 1);
        services.AddSingleton<IChain>(_ => new BitcoindChain(Http(calls), node, clock).Traced(options.Telemetry));
        services.AddSingleton<IBlockSignal>(_ => new BitcoindBlocks(Http(blocks), node, clock));
    }

    private static void AddAdapters(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton(options.Settings);
        services.AddSingleton(new WatcherOptions(options.Chain.BlockPoll));
        services.AddSingleton<IGenerationMark>(new FileMark(options.Data.MarkPath, Path.Combine(options.Data.Directory, FileMark.RestoredName)));
        services.AddSingleton<IArtefacts, StoredArtefacts>();
        services.AddSingleton<ICompetitionIndex, StoredIndex>();
        services.AddSingleton<ICoinReservations, StoredReservations>();
        services.AddSingleton<ISecrets, KeyedSecrets>();
        services.AddSingleton<IEntropy, MachineEntropy>();
        services.AddSingleton<IUserTags, KeyedTags>();
        services.AddSingleton(new UserSettings { AcceptPasswords = options.Users.AcceptPasswords });
        services.AddSingleton<IPasswordHashes>(new PooledPasswords(options.Users.HashesAtOnce, options.Users.HashesWaiting, Argon2Cost.Default));
        services.AddSingleton<IContractWork>(new PooledWork(options.Competitions.Cores));
        services.AddSingleton(provider => new CoordinatorWallet(
            provider.GetRequiredService<CoordinatorKeys>(),
            options.BitcoinNetwork,
            provider.GetRequiredService<IChain>(),
            provider.GetRequiredService<ICoinReservations>(),
            new WalletOptions()));
    }

    /// <summary>No trace headers: whose trace a call belongs to is nobody else's business.</summary>
    private static SocketsHttpHandler Handler() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    };

    private static HttpClient Http(SocketsHttpHandler pool) => new(pool, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
}
