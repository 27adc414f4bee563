using System.Diagnostics;
using Coordinator.Chain;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Storage;
using Coordinator.Storage.Postgres;
using Coordinator.Storage.Sqlite;
using Coordinator.Wallet;
using Coordinator.Web;

namespace Coordinator.Silo;

/// <summary>The composition root: one process with silo, gateway, watchers, clients and storage.</summary>
public static class SiloHost
{
    /// <summary>Opens the storage and builds the service; in the role of a gateway there is none. With PostgreSQL it waits as long as another process is active,
    /// and answers probes meanwhile. The caller runs and disposes it, then disposes the stores.</summary>
    /// <exception cref="SiloConfigurationException">The configuration does not fit.</exception>
    /// <exception cref="StorageException">The storage is in use, broken or not writable, or cannot be reached.</exception>
    /// <exception cref="KeyFileException">The key file is missing rights, is no key, or is not the database's.</exception>
    /// <exception cref="OperationCanceledException">It was stopped while it waited.</exception>
    public static async Task<(WebApplication App, IOpenedStorage? Stores)> BuildAsync(SiloOptions options, TimeProvider clock, CancellationToken cancellation = default)
    {
        if (options.Orleans.IsGateway)
        {
            Check(options);
            return (GatewayHost.Build(options, clock), null);
        }

        var standBy = new StandBy(options.Gateway, options.Telemetry, clock);
        IOpenedStorage? stores = null;
        try
        {
            stores = await OpenAsync(options, clock, standBy.Begin, cancellation);
            standBy.TellTakenOver();
            return (Build(options, stores.Ports, clock, stores, standBy), stores);
        }
        catch
        {
            await (stores?.DisposeAsync() ?? ValueTask.CompletedTask);
            await standBy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Checks the configuration and opens the storage, which is made where it is missing. The caller disposes it.</summary>
    /// <param name="standingBy">Told once, in one sentence, where it has to wait until another process ends.</param>
    /// <exception cref="SiloConfigurationException">The configuration does not fit.</exception>
    /// <exception cref="StorageException">The storage is in use, broken or not writable, or cannot be reached.</exception>
    /// <exception cref="KeyFileException">With PostgreSQL: the key is not the one that the database was made with.</exception>
    public static async Task<IOpenedStorage> OpenAsync(
        SiloOptions options, TimeProvider clock, Action<string>? standingBy = null, CancellationToken cancellation = default)
    {
        Check(options);
        var mark = new GenerationMark(options.Data.MarkPath);
        mark.Check();
        if (!options.Storage.IsPostgres)
        {
            return SqliteStores.Open(new SqliteStorageOptions { DataDirectory = options.Data.Directory, Json = DocumentJson.Options });
        }

        var stores = await PostgresStores.OpenAsync(
            new PostgresStorageOptions { ConnectionString = options.Storage.ConnectionString, Json = DocumentJson.Options, File = mark, StandingBy = standingBy }, clock, cancellation);
        try
        {
            await DatabaseKey.CheckAsync(stores.Ports.Cursors, options.Data.KeyPath);
            return stores;
        }
        catch
        {
            await stores.DisposeAsync();
            throw;
        }
    }

    private static void Check(SiloOptions options)
    {
        if (options.Complaints().ToArray() is { Length: > 0 } complaints)
        {
            throw new SiloConfigurationException(complaints);
        }
    }

    /// <summary>The service over storage that somebody else opened.</summary>
    public static WebApplication Build(SiloOptions options, StoragePorts storage, TimeProvider clock, IOpenedStorage? stores = null)
        => Build(options, storage, clock, stores, standBy: null);

    private static WebApplication Build(SiloOptions options, StoragePorts storage, TimeProvider clock, IOpenedStorage? stores, StandBy? standBy)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddTelemetry(options.Telemetry, clock);
        builder.Services.AddSingleton(clock);
        AddClients(builder.Services, options, clock);
        AddAdapters(builder.Services, options);
        builder.Services.AddSingleton<IGenerationMark>(Mark(options, stores));
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
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StorageWatch>(provider, stores));
        }

        builder.Services.AddCoordinatorWatchers();
        builder.Services.AddSingleton(new DashboardScene(options.Network));
        builder.AddGateway(options.Gateway);
        if (standBy is not null)
        {
            builder.Services.AddSingleton(_ => standBy).AddHostedService<StandByEnd>();
        }

        var app = builder.Build();
        _ = app.Services.GetRequiredService<EffectMeter>(); // its families are shown before the first effect
        app.MapGateway(alsoOperator: routes => routes.MapEnginePages());
        return app;
    }

    private static IGenerationMark Mark(SiloOptions options, IOpenedStorage? stores) => stores is PostgresStores database
        ? new LineageMark(database.Lineage)
        : new FileMark(options.Data.MarkPath, Path.Combine(options.Data.Directory, FileMark.RestoredName));

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
