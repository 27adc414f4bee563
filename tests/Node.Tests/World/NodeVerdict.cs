using Coordinator.Chain;

namespace Coordinator.Node.Tests;

/// <summary>What a node, or the model of one, says of a transaction.</summary>
/// <param name="Reason">Its words; null where it takes it.</param>
internal sealed record NodeVerdict(string? Reason)
{
    public static NodeVerdict Taken { get; } = new((string?)null);

    public bool IsTaken => Reason is null;

    /// <summary>The refusal as callers of the chain port see it; null where it is taken.</summary>
    public BroadcastRefusal? Name => Reason is null ? null : RefusalTexts.ReasonOf(Reason) ?? BroadcastRefusal.Other;

    public override string ToString() => Reason is null ? "taken" : $"{Name} ({Reason})";
}
