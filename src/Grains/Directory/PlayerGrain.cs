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

        await WriteAsync(stored.State with { Competitions = stored.State.Competitions.Add(competition) });
    }

    public Task<ImmutableArray<Guid>> CompetitionsAsync() => Task.FromResult(stored.State.Competitions);

    public Task BarAsync(PlayerBar bar)
        => stored.State.Bar is { } known && known.Until >= bar.Until ? Task.CompletedTask : WriteAsync(stored.State with { Bar = bar });

    public Task<PlayerBar?> BarredAsync() => Task.FromResult(stored.State.Bar);

    private async Task WriteAsync(PlayerDocument next)
    {
        stored.State = next;
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
}

/// <summary>What is on disk for one player.</summary>
public sealed record PlayerDocument
{
    public int Schema { get; init; } = 1;

    /// <summary>In order of first entry.</summary>
    public ImmutableArray<Guid> Competitions { get; init; } = [];

    /// <summary>No ticket before this is over.</summary>
    public PlayerBar? Bar { get; init; }
}
