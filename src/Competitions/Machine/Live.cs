using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What a competition knows from its funding broadcast on. Which state it is in follows from this (D41).</summary>
/// <param name="Contract">The contract.</param>
/// <param name="Signed">Hash of the stored signed contract.</param>
/// <param name="Chain">The chain as last seen.</param>
/// <param name="Settling">The settlement depth was reached once: from here on nothing is cancelled (D15).</param>
/// <param name="Abandoned">Why the tickets were given back although the pool may confirm; null otherwise. Excludes <paramref name="Settling"/>.</param>
/// <param name="Attestation">The attested outcome, once known.</param>
/// <param name="Payouts">Every attempt to pay a winner, in order.</param>
/// <param name="Released">Entries whose share the operator has released for reclaim (D20).</param>
public sealed record Live(
    ContractRef Contract,
    Hash32 Signed,
    ChainView Chain,
    bool Settling,
    string? Abandoned,
    Attestation? Attestation,
    ImmutableArray<Payout> Payouts,
    ImmutableArray<Guid> Released)
{
    /// <summary>The tip when the funding intent was written; null in older documents.</summary>
    public int? FundingSentAt { get; init; }

    /// <summary>The newest attempt for each transaction that was helped to confirm.</summary>
    public ImmutableArray<Bump> Bumps { get; init; } = [];

    /// <summary>The wallet was told that the competition is over.</summary>
    public bool BumpsEnded { get; init; }

    /// <summary>The confirmed spender of the funding output, where it is one of the contract's.</summary>
    [JsonIgnore]
    public OutcomeSpend? Decided => Chain.Outcome is { Height: not null, Kind: not OutcomeSpendKind.Foreign } spend ? spend : null;

    public Payout? PayoutOf(Guid entry) => Payouts.LastOrDefault(payout => payout.Entry == entry);
}

/// <param name="Outcome">Index of the lock point.</param>
/// <param name="Scalar">32 bytes as hex.</param>
public sealed record Attestation(int Outcome, string Scalar);
