namespace Coordinator.Bitcoin;

/// <summary>A taproot output: an internal key tweaked by the root of a script tree, or by nothing (BIP-341, BIP-86).</summary>
public sealed class TaprootOutput
{
    private readonly byte[] _root;
    private readonly byte[] _tweak;

    private TaprootOutput(XOnlyPublicKey internalKey, byte[] root, byte[] tweak, PublicKey output, TapTree? tree)
    {
        InternalKey = internalKey;
        _root = root;
        _tweak = tweak;
        Tree = tree;
        OutputKey = output.XOnly;
        OutputKeyIsOdd = output.IsOdd;
        ScriptPubKey = Script.PayToTaproot(OutputKey);
    }

    public XOnlyPublicKey InternalKey { get; }

    /// <summary>32 bytes, or empty where only the key path exists.</summary>
    public ReadOnlySpan<byte> MerkleRoot => _root;

    /// <summary>The scripts, where they are known.</summary>
    public TapTree? Tree { get; }

    /// <summary>The TapTweak hash of internal key and root: 32 bytes big-endian, below n.</summary>
    public ReadOnlySpan<byte> Tweak => _tweak;

    public XOnlyPublicKey OutputKey { get; }

    /// <summary>Parity of the output point's y coordinate.</summary>
    public bool OutputKeyIsOdd { get; }

    public Script ScriptPubKey { get; }

    /// <summary>An output that only its key can spend; the tweak commits to no script (BIP-86).</summary>
    public static TaprootOutput KeyOnly(XOnlyPublicKey internalKey) => Create(internalKey, [], null);

    public static TaprootOutput WithScripts(XOnlyPublicKey internalKey, TapTree tree) => Create(internalKey, tree.MerkleRoot, tree);

    /// <summary>From a root (32 bytes, or empty); null for another length, or where the tweak is not below n.</summary>
    public static TaprootOutput? TryCreate(XOnlyPublicKey internalKey, ReadOnlySpan<byte> merkleRoot)
        => TryCreate(internalKey, merkleRoot, null);

    /// <summary>Where the leaf stands in this output.</summary>
    /// <exception cref="ArgumentException">The tree is not known or does not hold the leaf.</exception>
    public ControlBlock ControlBlock(TapLeaf leaf) => Tree?.PathOf(leaf) is { } path
        ? new ControlBlock(leaf.Version, OutputKeyIsOdd, InternalKey, path)
        : throw new ArgumentException("the leaf is not in the output's tree", nameof(leaf));

    /// <summary>The secret key of the output key: the key path signs with it. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">The secret key is not the one of the internal key.</exception>
    public SecretKey TweakSecret(SecretKey internalSecret)
    {
        if (!internalSecret.XOnly.Equals(InternalKey))
        {
            throw new ArgumentException("the secret key is not the one of the internal key", nameof(internalSecret));
        }

        using var even = internalSecret.PublicKey.IsOdd ? internalSecret.Negate() : SecretKey.From(internalSecret.Bytes);
        return even.TweakAdd(_tweak) ?? throw new ArgumentException("the tweaked secret key is zero", nameof(internalSecret));
    }

    private static TaprootOutput Create(XOnlyPublicKey internalKey, ReadOnlySpan<byte> root, TapTree? tree)
        => TryCreate(internalKey, root, tree) ?? throw new ArgumentException("the tweak is not below the group order", nameof(internalKey));

    private static TaprootOutput? TryCreate(XOnlyPublicKey internalKey, ReadOnlySpan<byte> root, TapTree? tree)
    {
        if (root.Length is not (0 or 32))
        {
            return null;
        }

        var tweak = new byte[32];
        TaggedHash.TapTweak.Of(internalKey.Bytes, root, [], tweak);
        return Secp256k1.AddTweak(internalKey.ToEvenPoint(), tweak) is { } point
            ? new TaprootOutput(internalKey, root.ToArray(), tweak, point, tree)
            : null;
    }
}
