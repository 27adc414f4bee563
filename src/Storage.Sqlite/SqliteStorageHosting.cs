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
        builder.Services
            .AddSingleton(_ => SqliteStores.Open(options))
            .AddSingleton(services => services.GetRequiredService<SqliteStores>().Ports);
        return builder.AddPorts();
    }

    /// <summary>Uses storage that somebody else opened and closes after the host has stopped: <see cref="SqliteStores.Ports"/> of an opened
    /// folder, or <see cref="MemoryDisk.Ports"/>; in crash tests <see cref="StoragePorts.Behind"/> the gate of this silo.</summary>
    public static ISiloBuilder AddStorage(this ISiloBuilder builder, StoragePorts ports)
    {
        builder.Services.AddSingleton(ports);
        return builder.AddPorts();
    }

    private static ISiloBuilder AddPorts(this ISiloBuilder builder)
    {
        builder.Services
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OpeningAtStart>()
            .AddGrainStorage<IGrainStorage>(DefaultProvider, (services, _) => Ports(services).Documents)
            .AddGrainStorage<IGrainStorage>(UsersProvider, (services, _) => Ports(services).UserDocuments)
            .AddGrainStorage<IGrainStorage>(BitcoinProvider, (services, _) => Ports(services).BitcoinDocuments)
            .AddSingleton(services => Ports(services).Reminders)
            .AddSingleton(services => Ports(services).Artefacts)
            .AddSingleton(services => Ports(services).Reservations)
            .AddSingleton(services => Ports(services).Directory)
            .AddSingleton(services => Ports(services).Cursors);
        return builder;
    }

    private static StoragePorts Ports(IServiceProvider services) => services.GetRequiredService<StoragePorts>();

    /// <summary>Opens the folder before any grain runs, so that a bad one fails the start and not a player's request.</summary>
    private sealed class OpeningAtStart(IServiceProvider services) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(OpeningAtStart), ServiceLifecycleStage.RuntimeStorageServices, _ =>
            {
                Ports(services);
                return Task.CompletedTask;
            });
    }
}
