using Coordinator.Chain;
using Coordinator.Simulators.Chain;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Simulation.Tests;

public sealed class PlantedBugTests
{
    [Fact]
    public void Without_a_bug_every_port_stays_what_it_was()
    {
        var chain = new ModelChain(new ChainModel(DateTimeOffset.UnixEpoch.AddYears(56)));
        var services = new ServiceCollection().AddSingleton<IChain>(chain);
        PlantedBugs.Plant(services, null);
        Assert.Same(chain, services.BuildServiceProvider().GetRequiredService<IChain>());
    }
}
