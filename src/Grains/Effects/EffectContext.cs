using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What an effect's handler sees: the state its intent was written with, and the secret nonces that only memory holds.</summary>
/// <param name="State">As on disk.</param>
/// <param name="Memory">Lost with the activation.</param>
/// <param name="Now">The time of this attempt.</param>
public sealed record EffectContext(CompetitionState State, RoundMemory Memory, DateTimeOffset Now)
{
    public Header Header => State.Header;

    public CompetitionTerms Terms => State.Header.Terms;

    public Guid Id => State.Header.Terms.Id;
}

/// <summary>What one attempt led to: facts, and, where the intent may have to be tried again, why.</summary>
public sealed record EffectResult(IReadOnlyList<Fact> Facts, string? TryAgain)
{
    /// <summary>Known to be done; the facts tell what follows.</summary>
    public static EffectResult Of(params IReadOnlyList<Fact> facts) => new(facts, null);

    /// <summary>Not done, or unknown: look first next time.</summary>
    public static EffectResult Later(string why, params IReadOnlyList<Fact> facts) => new(facts, why);
}
