using System.Collections.Immutable;

namespace Coordinator.Bitcoin;

/// <summary>A tree of tapscripts. Children of a branch are hashed in byte order: left and right do not matter, only the pairing.</summary>
public sealed class TapTree
{
    /// <summary>The deepest leaf that a control block can prove.</summary>
    public const int MaxDepth = 128;

    private readonly byte[] _root;

    private TapTree(byte[] root, ImmutableArray<TapTreeLeaf> leaves)
    {
        _root = root;
        Leaves = leaves;
    }

    /// <summary>The hash at the top: 32 bytes.</summary>
    public ReadOnlySpan<byte> MerkleRoot => _root;

    /// <summary>Every leaf with its Merkle path, in the order they were joined.</summary>
    public ImmutableArray<TapTreeLeaf> Leaves { get; }

    /// <summary>A tree of one leaf.</summary>
    public static TapTree Of(TapLeaf leaf) => new(leaf.Hash.ToArray(), [new TapTreeLeaf(leaf, [])]);

    /// <summary>A branch with two subtrees.</summary>
    /// <exception cref="ArgumentException">A leaf would be deeper than 128.</exception>
    public static TapTree Join(TapTree left, TapTree right)
    {
        var hash = BranchHash(left._root, right._root);
        var leaves = ImmutableArray.CreateBuilder<TapTreeLeaf>(left.Leaves.Length + right.Leaves.Length);
        foreach (var leaf in left.Leaves)
        {
            leaves.Add(leaf.Below(right._root));
        }

        foreach (var leaf in right.Leaves)
        {
            leaves.Add(leaf.Below(left._root));
        }

        return new TapTree(hash, leaves.MoveToImmutable());
    }

    /// <summary>
    /// The weighted construction: again and again the two lightest subtrees are joined, the one with the greater hash first where weights
    /// are equal; the weight of a branch is the sum, at most 2^32−1. Byte-compatible with rust-bitcoin's <c>with_huffman_tree</c>.
    /// </summary>
    /// <exception cref="ArgumentException">No leaf, or a leaf would be deeper than 128.</exception>
    public static TapTree Huffman(IEnumerable<(uint Weight, TapLeaf Leaf)> leaves)
    {
        var pool = leaves.Select(item => (item.Weight, Tree: Of(item.Leaf))).ToList();
        if (pool.Count == 0)
        {
            throw new ArgumentException("a tree has at least one leaf", nameof(leaves));
        }

        while (pool.Count > 1)
        {
            var first = TakeLightest(pool);
            var second = TakeLightest(pool);
            var weight = (uint)Math.Min((ulong)first.Weight + second.Weight, uint.MaxValue);
            pool.Add((weight, Join(first.Tree, second.Tree)));
        }

        return pool[0].Tree;
    }

    /// <summary>From leaves and depths in depth-first order, as BIP-371 writes them; null when they do not fill a binary tree.</summary>
    public static TapTree? TryFromDepths(IReadOnlyList<(int Depth, TapLeaf Leaf)> leaves)
    {
        var open = new List<(int Depth, TapTree Tree)>();
        foreach (var (depth, leaf) in leaves)
        {
            if (depth is < 0 or > MaxDepth)
            {
                return null;
            }

            var node = (Depth: depth, Tree: Of(leaf));
            while (open.Count > 0 && open[^1].Depth == node.Depth)
            {
                node = (node.Depth - 1, Join(open[^1].Tree, node.Tree));
                open.RemoveAt(open.Count - 1);
            }

            if (node.Depth < 0 || (open.Count > 0 && open[^1].Depth > node.Depth))
            {
                return null;
            }

            open.Add(node);
        }

        return open is [(0, var tree)] ? tree : null;
    }

    /// <summary>The shortest path of a leaf: sibling hashes from it upward, 32 bytes each; null where it is not in the tree.</summary>
    public byte[]? PathOf(TapLeaf leaf)
    {
        byte[]? best = null;
        foreach (var item in Leaves)
        {
            if (item.Leaf.Equals(leaf) && (best is null || item.Path.Length < best.Length))
            {
                best = item.Path;
            }
        }

        return best;
    }

    /// <summary>TapBranch hash of two hashes in byte order.</summary>
    internal static byte[] BranchHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var hash = new byte[32];
        BranchHash(left, right, hash);
        return hash;
    }

    internal static void BranchHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        if (left.SequenceCompareTo(right) <= 0)
        {
            TaggedHash.TapBranch.Of(left, right, [], result);
        }
        else
        {
            TaggedHash.TapBranch.Of(right, left, [], result);
        }
    }

    private static (uint Weight, TapTree Tree) TakeLightest(List<(uint Weight, TapTree Tree)> pool)
    {
        var best = 0;
        for (var i = 1; i < pool.Count; i++)
        {
            if (pool[i].Weight < pool[best].Weight
                || (pool[i].Weight == pool[best].Weight && pool[i].Tree.MerkleRoot.SequenceCompareTo(pool[best].Tree.MerkleRoot) > 0))
            {
                best = i;
            }
        }

        var taken = pool[best];
        pool.RemoveAt(best);
        return taken;
    }
}

/// <summary>A leaf in its place.</summary>
/// <param name="Leaf">The script.</param>
/// <param name="Path">Sibling hashes from the leaf upward, 32 bytes each.</param>
public sealed record TapTreeLeaf(TapLeaf Leaf, byte[] Path)
{
    /// <summary>Number of branches above the leaf.</summary>
    public int Depth => Path.Length / 32;

    internal TapTreeLeaf Below(byte[] sibling) => Depth < TapTree.MaxDepth
        ? this with { Path = [.. Path, .. sibling] }
        : throw new ArgumentException($"a leaf would be deeper than {TapTree.MaxDepth}", nameof(sibling));
}
