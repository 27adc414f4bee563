using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Coordinator.Storage.Sqlite;

/// <summary>Gives a silo its storage: the providers "Default", "users" and "bitcoin", the reminder table, and the ports of this project.</summary>
public static class SqliteStorageHosting
{
    /// <summary>The provider of competitions and of every grain that names none.</summary>
    public const string DefaultProvider = "Default";

    /// <summary>The provider of users.</summary>
    public const string UsersProvider = "users";

    /// <summary>The provider of the wallet and of the watchers.</summary>
    public const string BitcoinProvider = "bitcoin";

    /// <summary>Opens the data folder when the host starts, and closes it with the host's services. A folder that cannot be opened fails the
    /// start with a <see cref="StorageException"/>.</summary>
    public static ISiloBuilder AddSqliteStorage(this ISiloBuilder builder, Action<SqliteStorageOptions> configure)
    {
        var options = new SqliteStorageOptions();
        configure(options);
        builder.Services.AddSingleton(_ => SqliteStores.Open(options));
        return builder.AddStores();
    }

    /// <summary>Uses an opened data folder, which the caller closes after the host has stopped.</summary>
    public static ISiloBuilder AddSqliteStorage(this ISiloBuilder builder, SqliteStores stores)
    {
        builder.Services.AddSingleton(stores);
        return builder.AddStores();
    }

    /// <summary>Uses the in-memory twins on a disk that outlives the silo.</summary>
    /// <param name="gate">Of this incarnation: a killed silo's gate throws.</param>
    public static ISiloBuilder AddMemoryStorage(this ISiloBuilder builder, MemoryDisk disk, IStorageGate gate, JsonSerializerOptions json)
    {
        foreach (var provider in new[] { DefaultProvider, UsersProvider, BitcoinProvider })
        {
            builder.Services.AddGrainStorage<IGrainStorage>(provider, (_, name) => new MemoryDocumentStorage(disk, gate, name, json));
        }
        builder.Services
            .AddSingleton<IReminderTable>(new MemoryReminderTable(disk, gate))
            .AddSingleton<IArtefactStore>(new MemoryArtefacts(disk, gate))
            .AddSingleton<IReservationStore>(new MemoryReservations(disk, gate))
            .AddSingleton<IDirectoryIndex>(new MemoryDirectory(disk, gate))
            .AddSingleton<ICursorStore>(new MemoryCursors(disk, gate, BitcoinProvider, json));
        return builder;
    }

    private static ISiloBuilder AddStores(this ISiloBuilder builder)
    {
        builder.Services
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OpeningAtStart>()
            .AddGrainStorage<IGrainStorage>(DefaultProvider, (services, _) => Stores(services).CompetitionDocuments)
            .AddGrainStorage<IGrainStorage>(UsersProvider, (services, _) => Stores(services).UserDocuments)
            .AddGrainStorage<IGrainStorage>(BitcoinProvider, (services, _) => Stores(services).BitcoinDocuments)
            .AddSingleton<IReminderTable>(services => Stores(services).Reminders)
            .AddSingleton<IArtefactStore>(services => Stores(services).Artefacts)
            .AddSingleton<IReservationStore>(services => Stores(services).Reservations)
            .AddSingleton<IDirectoryIndex>(services => Stores(services).Directory)
            .AddSingleton<ICursorStore>(services => Stores(services).Cursors);
        return builder;
    }

    private static SqliteStores Stores(IServiceProvider services) => services.GetRequiredService<SqliteStores>();

    /// <summary>Opens the folder before any grain runs, so that a bad one fails the start and not a player's request.</summary>
    private sealed class OpeningAtStart(IServiceProvider services) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(OpeningAtStart), ServiceLifecycleStage.RuntimeStorageServices, _ =>
            {
                Stores(services);
                return Task.CompletedTask;
            });
    }
}
