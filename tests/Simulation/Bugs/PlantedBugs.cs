using Coordinator.Chain;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Storage;
using Coordinator.Wallet;
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
                services.Decorate<IChain>((inner, _) => new HastyChain(inner));
                break;
            case PlantedBug.TimeoutAsFailure:
                services.Decorate<ILightning>((inner, _) => new ImpatientLightning(inner));
                break;
            case PlantedBug.ReuseReservation:
                services.Decorate<ICoinReservations>((inner, _) => new SharedReservations(inner));
                break;
            case PlantedBug.SwapIndices:
                services.Decorate<IArtefacts>((inner, _) => new SwappedAnnouncements(inner));
                break;
            case PlantedBug.SkipRecheck:
                services.Decorate<ILightning>((inner, _) => new StaleLightning(inner));
                break;
            case PlantedBug.PayUnsoldSeat:
                services.Decorate<ILightning>((inner, _) => new FlatteringLightning(inner));
                break;
            case PlantedBug.PayOnAttestation:
                services.Decorate<IChain>((inner, _) => new CredulousChain(inner));
                break;
            case PlantedBug.FreeAtOneConfirmation:
                services.Decorate<ICoinReservations>((inner, provider) => new ShortReservations(inner, provider.GetRequiredService<IChain>()));
                break;
            case PlantedBug.SameRoundAgain:
                services.Decorate<IEntropy>((inner, _) => new RepeatedRounds(inner));
                break;
            case PlantedBug.ErrorAsCanceled:
                services.Decorate<ILightning>((inner, _) => new GloomyLightning(inner));
                break;
        }
    }

    /// <summary>Wraps the storage of every life, above the auditor's watch and below the gate that kills. Null plants nothing.</summary>
    public static StoragePorts Plant(StoragePorts storage, PlantedBug? bug)
    {
        ArgumentNullException.ThrowIfNull(storage);
        return bug switch
        {
            PlantedBug.ForgetIntent => storage with { Documents = new ForgetfulDocuments(storage.Documents) },
            PlantedBug.ActBeforeWrite => storage with { Documents = new LateDocuments(storage.Documents) },
            _ => storage,
        };
    }

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
