using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>What a transaction may hang on in the mempool: chains of at most 25, and the narrow families of version 3 (BIP-431).</summary>
internal static class FamilyRules
{
    private const int Narrow = 3;
    private const int MostFamily = 25;
    private const int MostExtraBytes = 10_000;
    private const int MostNarrowBytes = 10_000;
    private const int MostNarrowChildBytes = 1_000;

    /// <summary>The chain of unconfirmed ancestors, and of what each of them has to carry.</summary>
    /// <param name="candidate">What comes in.</param>
    /// <param name="ancestors">What it depends on in the mempool.</param>
    /// <param name="group">How many come in with it, before it.</param>
    /// <param name="replaces">How many transactions it drives out directly.</param>
    /// <param name="mempool">What waits.</param>
    public static Rejection? Length(Candidate candidate, IReadOnlyList<MempoolEntry> ancestors, int group, int replaces, Mempool mempool)
    {
        var most = MostFamily + (replaces == 1 ? 1 : 0);
        var carried = ancestors.Count == 0 ? 0 : ancestors.Max(entry => mempool.WithDescendants(entry.Transaction.Txid).Count);

        // One more child of a single parent, if it is small: so that either party of two can always pay for both (the "carve-out").
        var extra = ancestors.Count == 1 && candidate.VirtualBytes <= MostExtraBytes && candidate.Transaction.Version != Narrow ? 1 : 0;
        return ancestors.Count + group + 1 > MostFamily || carried + 1 > most + extra ? Rejection.Because("too-long-mempool-chain") : null;
    }

    /// <summary>Version 3: one parent, one child, both small, nobody of another version.</summary>
    /// <param name="candidate">What comes in.</param>
    /// <param name="ancestors">What it depends on in the mempool.</param>
    /// <param name="direct">What it drives out.</param>
    /// <param name="mempool">What waits.</param>
    /// <param name="sibling">Where the parent has another child: that one, which may be driven out for a better fee.</param>
    public static Rejection? Version3(
        Candidate candidate, IReadOnlyList<MempoolEntry> ancestors, IReadOnlyList<MempoolEntry> direct, Mempool mempool, out MempoolEntry? sibling)
    {
        sibling = null;
        var isNarrow = candidate.Transaction.Version == Narrow;
        if (ancestors.Any(entry => (entry.Transaction.Version == Narrow) != isNarrow))
        {
            return Violation("versions do not go together");
        }

        if (!isNarrow)
        {
            return null;
        }

        var size = candidate.VirtualBytes;
        if (size > MostNarrowBytes || ancestors.Count > 1 || (ancestors.Count == 1 && size > MostNarrowChildBytes))
        {
            return Violation($"{size} virtual bytes with {ancestors.Count} unconfirmed ancestors");
        }

        if (ancestors is not [var parent] || mempool.WithDescendants(parent.Transaction.Txid) is not { Count: > 1 } family
            || family.Skip(1).Any(direct.Contains))
        {
            return null;
        }

        sibling = family.Count == 2 ? family[1] : null;
        return sibling is null ? Violation("the parent has children already") : null;
    }

    /// <summary>The same inside a package.</summary>
    /// <param name="candidate">A child.</param>
    /// <param name="parents">Those of its parents that come in with it.</param>
    /// <param name="waiting">How many of its ancestors wait already.</param>
    public static Rejection? InPackage(Candidate candidate, IReadOnlyList<Transaction> parents, int waiting)
    {
        var isNarrow = candidate.Transaction.Version == Narrow;
        return parents.Any(parent => (parent.Version == Narrow) != isNarrow) ? Violation("versions do not go together")
            : isNarrow && parents.Count > 0 && (parents.Count + waiting > 1 || candidate.VirtualBytes > MostNarrowChildBytes)
                ? Violation($"{candidate.VirtualBytes} virtual bytes with {parents.Count + waiting} unconfirmed ancestors")
            : null;
    }

    private static Rejection Violation(string detail) => Rejection.Because($"TRUC-violation, {detail}");
}
