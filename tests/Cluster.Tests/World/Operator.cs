using System.Collections.Immutable;
using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>Whoever runs the service.</summary>
internal static class Operator
{
    public static IServiceGrain Service(this World world) => world.Grains.GetGrain<IServiceGrain>(0);

    public static ServiceStatus Status(this World world) => world.Run(() => world.Service().StatusAsync());

    public static ImmutableArray<HoldView> Holds(this World world) => world.Run(() => world.Service().HoldsAsync());

    public static ImmutableArray<HoldView> OpenHolds(this World world) => [.. world.Holds().Where(hold => hold.Release is null)];

    public static Problem? Release(this World world, string id, string note = "looked")
        => world.Run(() => world.Service().ReleaseHoldAsync(new OperatorWord(id, "alice", note))).Problem;

    public static Problem? SettleOnly(this World world, bool on)
        => world.Run(() => world.Service().SettleOnlyAsync(on, new OperatorWord("", "alice", "maintenance"))).Problem;
}
