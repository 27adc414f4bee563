using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Which competitions a player has entries in.</summary>
[GrainType("player")]
public sealed class PlayerGrain([PersistentState("player", "users")] IPersistentState<PlayerDocument> stored) : Grain, IPlayerGrain
{
    public async Task AddAsync(Guid competition)
    {
        if (stored.State.Competitions.Contains(competition))
        {
            return;
        }

        stored.State = stored.State with { Competitions = stored.State.Competitions.Add(competition) };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    public Task<ImmutableArray<Guid>> CompetitionsAsync() => Task.FromResult(stored.State.Competitions);
}

/// <summary>What is on disk for one player.</summary>
public sealed record PlayerDocument
{
    public int Schema { get; init; } = 1;

    /// <summary>In order of first entry.</summary>
    public ImmutableArray<Guid> Competitions { get; init; } = [];
}
