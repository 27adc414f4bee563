using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>Gives a silo its storage: the providers "Default", "users" and "bitcoin", the reminder table, and the ports of this project.</summary>
public static class StorageHosting
{
    /// <summary>The provider of competitions and of every grain that names none.</summary>
    public const string DefaultProvider = "Default";

    /// <summary>The provider of users.</summary>
    public const string UsersProvider = "users";

    /// <summary>The provider of the wallet and of the watchers.</summary>
    public const string BitcoinProvider = "bitcoin";

    /// <summary>Uses storage that somebody else opened and closes after the host has stopped: <see cref="IOpenedStorage.Ports"/>,
    /// or <see cref="MemoryDisk.Ports"/>; in crash tests <see cref="StoragePorts.Behind"/> the gate of this silo.</summary>
    public static ISiloBuilder AddStorage(this ISiloBuilder builder, StoragePorts ports)
    {
        builder.Services
            .AddSingleton(ports)
            .AddGrainStorage<IGrainStorage>(DefaultProvider, (_, _) => ports.Documents)
            .AddGrainStorage<IGrainStorage>(UsersProvider, (_, _) => ports.UserDocuments)
            .AddGrainStorage<IGrainStorage>(BitcoinProvider, (_, _) => ports.BitcoinDocuments)
            .AddSingleton(_ => ports.Reminders)
            .AddSingleton(_ => ports.Artefacts)
            .AddSingleton(_ => ports.Reservations)
            .AddSingleton(_ => ports.Directory)
            .AddSingleton(_ => ports.Cursors);
        return builder;
    }
}
