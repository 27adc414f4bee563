using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Silo;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using Coordinator.Storage;
using Coordinator.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Embedded;

namespace Coordinator.Simulation;

/// <summary>What every life of the service is made of: the real grains and effects; between them and the true models first what watches,
/// then what fails, then a planted bug.</summary>
internal sealed class ServiceParts
{
    private readonly SimWorld _world;
    private readonly PlantedBug? _bug;
    private readonly IChain _chain;
    private readonly ILightning _lightning;
    private readonly IOracle _oracle;
    private readonly StoragePorts _storage;
    private readonly MemoryMark _mark = new();

    public ServiceParts(SimWorld world, PlantedBug? bug)
    {
        (_world, _bug) = (world, bug);
        _chain = world.Auditor.Watch(new ModelChain(world.Chain));
        _lightning = new ModelLightning(world.Lightning, SimWorld.CoordinatorNode, new LndFaults(), world.Clock);
        _oracle = new ModelOracle(world.Oracle, new OracleFaults(), world.Keys.Nostr.XOnly, world.Clock, () => world.Random.Bytes(16));
        var watched = world.Auditor.Watch(world.Disk.Ports(DocumentJson.Options));
        _storage = PlantedBugs.Plant(watched with { Documents = new ObservedDocuments(watched.Documents, world.Stored) }, bug);
    }

    /// <summary>The services of one life, behind its fence.</summary>
    public IServiceCollection For(SimLife life, KillGate gate)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new SimLog(_world.Trace, _world.Report)).SetMinimumLevel(LogLevel.Debug));
        services
            .AddSingleton<TimeProvider>(_world.Clock)
            .AddSingleton<ITurns>(_world.Loop)
            .AddSingleton(_world.Plan.Settings)
            .AddSingleton(_world.Keys)
            .AddSingleton(new WatcherOptions(_world.Plan.BlockPoll));
        AddPorts(services, life);
        services
            .AddSingleton<IArtefacts, StoredArtefacts>()
            .AddSingleton<ICompetitionIndex, StoredIndex>()
            .AddSingleton<ICoinReservations, StoredReservations>()
            .AddSingleton<IGenerationMark>(_mark)
            .AddSingleton<ISecrets, KeyedSecrets>()
            .AddSingleton<IEntropy>(new SeededEntropy(_world.Random))
            .AddSingleton<IContractWork, InlineWork>()
            .AddSingleton(provider => new CoordinatorWallet(
                _world.Keys, Network.Regtest, provider.GetRequiredService<IChain>(), provider.GetRequiredService<ICoinReservations>(), new WalletOptions()))
            .AddCoordinatorGrains();
        services.AddOrleans(silo => silo.AddStorage(_storage.Behind(gate)).AddReminders());
        PlantedBugs.Plant(services, _bug);
        return services;
    }

    private void AddPorts(IServiceCollection services, SimLife life)
    {
        PortCalls Calls(Port port) => new(_world.Loop, _world.Trace, _world.Faults, life, port, keepsSecrets: port == Port.Keymeld);
        services
            .AddSingleton<IChain>(new FaultyChain(_chain, Calls(Port.Chain)))
            .AddSingleton<ILightning>(new FaultyLightning(_lightning, Calls(Port.Lightning), _world.Faults, _world.Clock))
            .AddSingleton<IOracle>(new FaultyOracle(_oracle, Calls(Port.Oracle), _world.RefusedByOracle.Contains))
            .AddSingleton<IKeymeldGateway>(new FaultyKeymeld(_world.KeymeldPort, Calls(Port.Keymeld)));
    }
}
