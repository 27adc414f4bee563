using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Makes a transaction that waits confirm sooner. Look: what hangs on it by now. Act: hang a child on it, or send it again at a higher rate.</summary>
public abstract record BumpEffect : Effect;

/// <summary>A child on the funding's change; the funding itself is never replaced (D22).</summary>
public sealed record BumpFunding : BumpEffect
{
    [JsonIgnore]
    public override string Key => "bump_funding";
}

/// <summary>A child on the anchor of an outcome's transaction.</summary>
/// <param name="Outcome">The lock point's index.</param>
public sealed record BumpOutcome(int Outcome) : BumpEffect
{
    [JsonIgnore]
    public override string Key => $"bump_outcome/{Outcome}";
}

/// <summary>A child on the anchor of the expiry transaction.</summary>
public sealed record BumpExpiry : BumpEffect
{
    [JsonIgnore]
    public override string Key => "bump_expiry";
}

/// <summary>A child on the anchor of the split.</summary>
public sealed record BumpSplit : BumpEffect
{
    [JsonIgnore]
    public override string Key => "bump_split";
}

/// <summary>A sweep of ours, signed anew with a higher fee.</summary>
/// <param name="Winner">Player index of the share; −1 for the outcome's whole output.</param>
/// <param name="Kind">By which path.</param>
public sealed record BumpSweep(int Winner, ShareSweep Kind) : BumpEffect
{
    [JsonIgnore]
    public override string Key => Winner < 0 ? $"bump_sweep/{Kind}" : $"bump_sweep/{Winner}/{Kind}";
}

/// <summary>The competition is over: the wallet may free what it holds for bumping, each coin as soon as nothing of it can be undone.</summary>
public sealed record EndBumps : Effect
{
    [JsonIgnore]
    public override string Key => "end_bumps";
}
