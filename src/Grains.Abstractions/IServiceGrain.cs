using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>What concerns the service as a whole (key 0): its start, its mode, what waits for an operator, what is left to check after a restore.</summary>
[Alias("coordinator.IServiceGrain")]
public interface IServiceGrain : IGrainWithIntegerKey
{
    /// <summary>After every start of the process, before the first request: compares generations, wakes every competition that is not over, and
    /// begins to compare them with chain and Lightning. Asks nobody outside, so it returns at once.</summary>
    [Alias("start")]
    Task StartAsync();

    [AlwaysInterleave]
    [Alias("status")]
    Task<ServiceStatus> StatusAsync();

    /// <summary>Operator: takes no new money from now on, or takes it again. Durable, safe to repeat.</summary>
    [Alias("settle_only")]
    Task<Answer<ServiceStatus>> SettleOnlyAsync(bool on, OperatorWord word);

    /// <summary>Every hold of the service, open ones first, then by age.</summary>
    [AlwaysInterleave]
    [Alias("holds")]
    Task<ImmutableArray<HoldView>> HoldsAsync();

    /// <summary>Operator: releases a hold. Recorded; again it changes nothing.</summary>
    [Alias("release_hold")]
    Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word);

    /// <summary>Raises the generation on disk and then outside it; once a minute while something is written.</summary>
    [Alias("advance")]
    Task AdvanceAsync();
}
