using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>One shard of the claims (D39). Nothing is ever taken back.</summary>
[GrainType("claim")]
public sealed class ClaimGrain([PersistentState("claims")] IPersistentState<ClaimDocument> stored) : Grain, IClaimGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, ClaimDocument.CurrentSchema, $"the claims of {this.GetPrimaryKeyString()}");
        return Task.CompletedTask;
    }

    public async Task<bool> ClaimAsync(string value, string owner)
    {
        if (stored.State.Owners.TryGetValue(value, out var known))
        {
            return known == owner;
        }

        stored.State = stored.State with { Owners = stored.State.Owners.Add(value, owner) };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        return true;
    }
}

/// <summary>What is on disk for one shard.</summary>
public sealed record ClaimDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Owners by value.</summary>
    public ImmutableSortedDictionary<string, string> Owners { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
