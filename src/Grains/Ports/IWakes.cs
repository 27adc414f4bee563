using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>What one competition waits for. Watchers wake whoever waits, and nobody else.</summary>
/// <param name="Invoices">Payment hashes of tickets that LND may still change.</param>
/// <param name="Chain">Every block matters.</param>
public sealed record Waiting(ImmutableArray<Hash32> Invoices, bool Chain)
{
    public static Waiting ForNothing { get; } = new([], false);
}

/// <summary>Who waits for what, in memory; every competition says it again when it comes to life.</summary>
public interface IWakes
{
    void Wait(Guid competition, Waiting waiting);
}
