using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Which competitions a player has entries in.</summary>
[GrainType("player")]
public sealed class PlayerGrain([PersistentState("player", "users")] IPersistentState<PlayerDocument> stored) : Grain, IPlayerGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, PlayerDocument.CurrentSchema, $"the list of player {this.GetPrimaryKeyString()}");
        return Task.CompletedTask;
    }

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
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>In order of first entry.</summary>
    public ImmutableArray<Guid> Competitions { get; init; } = [];

    /// <summary>No ticket before this is over.</summary>
    public PlayerBar? Bar { get; init; }
}
