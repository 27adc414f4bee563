using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>Fee rates by confirmation target. There is always an answer for every target.</summary>
public sealed class FeeEstimates
{
    /// <summary>The lowest rate ever answered: what nodes relay by default, 1 sat/vB.</summary>
    public static FeeRate LeastRate { get; } = FeeRate.FromSatPerVbyte(1);

    private readonly ImmutableSortedDictionary<int, FeeRate> _byTarget;
    private readonly FeeRate _fallback;

    /// <summary>Takes what a source estimated.</summary>
    /// <param name="byTarget">Rate by target in blocks (1 or more), as estimated; may be empty or have gaps. Rates below
    /// <see cref="LeastRate"/> are raised to it.</param>
    /// <param name="fallback">Used only when <paramref name="byTarget"/> is empty, as on a young regtest chain.</param>
    public FeeEstimates(IEnumerable<KeyValuePair<int, FeeRate>> byTarget, FeeRate fallback)
    {
        _byTarget = byTarget.Where(pair => pair.Key >= 1).ToImmutableSortedDictionary(pair => pair.Key, pair => AtLeast(pair.Value));
        _fallback = AtLeast(fallback);
    }

    /// <summary>What the source estimated, by target in blocks; for showing.</summary>
    public IReadOnlyDictionary<int, FeeRate> ByTarget => _byTarget;

    /// <summary>The rate for confirmation within this many blocks: of that target, else of the nearest faster one, else of the fastest
    /// there is, else the fallback.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one block.</exception>
    public FeeRate For(int targetBlocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targetBlocks, 1);
        if (_byTarget.IsEmpty)
        {
            return _fallback;
        }

        var rate = _byTarget.First().Value;
        foreach (var (target, estimated) in _byTarget)
        {
            if (target > targetBlocks)
            {
                break;
            }

            rate = estimated;
        }

        return rate;
    }

    private static FeeRate AtLeast(FeeRate rate) => rate < LeastRate ? LeastRate : rate;
}
