using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Silo;
using Coordinator.Simulators.Lnd;
using Coordinator.Storage;
using Coordinator.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Embedded;
using Orleans.TestingHost;

namespace Coordinator.Cluster.Tests;

/// <summary>What the silo of a world is made of.</summary>
internal sealed partial class World
{
    private InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureHost(host =>
        {
            host.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Debug);
            host.Services
                .AddSingleton<TimeProvider>(Clock)
                .AddSingleton<ITurns>(_turns)
                .AddSingleton(_settings)
                .AddSingleton(_keys)
                .AddSingleton<IChain>(_isTold ? new TracedChain(ChainPort) : ChainPort)
                .AddSingleton<ILightning>(new ModelLightning(Lightning, CoordinatorNode, LightningFaults, Clock))
                .AddSingleton<IOracle>(OraclePort)
                .AddSingleton<IKeymeldGateway>(_keymeldPort)
                .AddSingleton<IArtefacts, StoredArtefacts>()
                .AddSingleton<ICompetitionIndex, StoredIndex>()
                .AddSingleton<ICoinReservations, StoredReservations>()
                .AddSingleton<ISecrets>(_isTold ? new ToldSecrets(new KeyedSecrets(_keys), Secrets) : new KeyedSecrets(_keys))
                .AddSingleton<IEntropy>(new SeededEntropy(Random))
                .AddSingleton<IContractWork, InlineWork>()
                .AddSingleton(provider => new CoordinatorWallet(
                    _keys, Network.Regtest, ChainPort, provider.GetRequiredService<ICoinReservations>(), new WalletOptions()))
                .AddCoordinatorGrains();
            if (_mark is not null)
            {
                host.Services.AddSingleton(_mark);
            }
        });
        builder.ConfigureSilo((_, silo) => Configure(silo));
        return builder.Build();
    }

    private void Configure(ISiloBuilder silo)
    {
        silo.AddStorage(_storage.Behind(Gate)).AddReminders();
        if (_isTold)
        {
            var trace = new GrainTrace();
            silo.AddOutgoingGrainCallFilter(trace).AddIncomingGrainCallFilter(trace).AddIncomingGrainCallFilter<GrainActivity>();
            silo.Services.AddSingleton<GrainCallMeter>();
        }

        if (_watchers)
        {
            silo.Services.AddSingleton(new WatcherOptions(TimeSpan.FromSeconds(1))).AddCoordinatorWatchers();
        }
    }
}
