using Coordinator.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Simulation;

/// <summary>Puts a mistake between the coordinator and its ports. Nothing in the product knows of it.</summary>
public static class PlantedBugs
{
    /// <summary>Wraps ports that are registered already; call it last. Null plants nothing.</summary>
    public static void Plant(IServiceCollection services, PlantedBug? bug)
    {
        ArgumentNullException.ThrowIfNull(services);
        switch (bug)
        {
            case PlantedBug.SettleBeforeFunding:
                services.Decorate<Chain.IChain>((inner, _) => new HastyChain(inner));
                break;
        }
    }

    /// <summary>Wraps the storage of one silo, above the auditor's watch and below the gate that kills. Null plants nothing.</summary>
    public static StoragePorts Plant(StoragePorts storage, PlantedBug? bug) => bug switch
    {
        _ => storage,
    };

    /// <summary>Replaces the last registration of a port by one around it.</summary>
    internal static void Decorate<T>(this IServiceCollection services, Func<T, IServiceProvider, T> around)
        where T : class
    {
        var last = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(last);
        services.AddSingleton(provider => around(Make<T>(last, provider), provider));
    }

    private static T Make<T>(ServiceDescriptor service, IServiceProvider provider)
        where T : class
        => (T)(service.ImplementationInstance
            ?? service.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!));
}
