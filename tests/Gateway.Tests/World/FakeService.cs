using System.Collections.Immutable;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests.World;

/// <summary>The service as a whole, for operators.</summary>
internal sealed class FakeService(FakeGrains owner) : IServiceGrain
{
    public Task StartAsync() => throw new NotSupportedException();

    public Task<ServiceStatus> StatusAsync() => Task.FromResult(owner.Answer("status", 0L, Samples.Status));

    public Task<Answer<ServiceStatus>> SettleOnlyAsync(bool on, OperatorWord word) => owner.Ask("settle_only", 0L, Samples.Status, on, word);

    public Task<ImmutableArray<HoldView>> HoldsAsync() => Task.FromResult(owner.Answer<ImmutableArray<HoldView>>("holds", 0L, [Samples.Hold]));

    public Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word) => owner.Ask("release_hold", 0L, Done.Instance, word);

    public Task AdvanceAsync() => throw new NotSupportedException();
}
