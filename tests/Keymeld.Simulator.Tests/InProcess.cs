using Coordinator.Simulators.Keymeld;
using Coordinator.Testing;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>The port on the model, with a clock that the test moves.</summary>
internal sealed class InProcess : IDisposable
{
    internal InProcess(KeymeldBehaviour? behaviour = null)
    {
        Model = new KeymeldModel(null, new KeymeldModelOptions(), Clock.GetUtcNow());
        Model.Behaviour = behaviour ?? new();
        Gateway = new ModelKeymeld(Model, Faults, Clock);
    }

    internal ManualTimeProvider Clock { get; } = new();

    internal KeymeldModel Model { get; }

    internal KeymeldFaults Faults { get; } = new();

    internal ModelKeymeld Gateway { get; }

    /// <summary>Lets one tick pass.</summary>
    internal Task TickAsync()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        return Task.CompletedTask;
    }

    public void Dispose() => Gateway.Dispose();
}
