namespace Coordinator.Bitcoin;

/// <summary>The proof that a leaf belongs to a taproot output (BIP-341): the last witness item of a script path spend.</summary>
public sealed class ControlBlock
{
    private readonly byte[] _path;

    internal ControlBlock(byte version, bool outputKeyIsOdd, XOnlyPublicKey internalKey, byte[] path)
    {
        Version = version;
        OutputKeyIsOdd = outputKeyIsOdd;
        InternalKey = internalKey;
        _path = path;
    }

    /// <summary>The leaf version, even.</summary>
    public byte Version { get; }

    public bool OutputKeyIsOdd { get; }

    public XOnlyPublicKey InternalKey { get; }

    /// <summary>Sibling hashes from the leaf upward, 32 bytes each.</summary>
    public ReadOnlySpan<byte> Path => _path;

    /// <summary>33 + 32·depth bytes.</summary>
    public byte[] ToBytes() => [(byte)(Version | (OutputKeyIsOdd ? 1 : 0)), .. InternalKey.Bytes, .. _path];

    /// <summary>Null for a wrong length (33 + 32·n, n ≤ 128) or an internal key that is not on the curve.</summary>
    public static ControlBlock? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33 || (bytes.Length - 33) % 32 != 0 || bytes.Length > 33 + (32 * TapTree.MaxDepth)
            || XOnlyPublicKey.TryParse(bytes[1..33]) is not { } key)
        {
            return null;
        }

        return new ControlBlock((byte)(bytes[0] & 0xfe), (bytes[0] & 1) != 0, key, bytes[33..].ToArray());
    }

    /// <summary>The Merkle root that a leaf hash (32 bytes) has under this path.</summary>
    public byte[] RootOf(ReadOnlySpan<byte> leafHash)
    {
        var hash = leafHash.ToArray();
        for (var at = 0; at < _path.Length; at += 32)
        {
            TapTree.BranchHash(hash, _path.AsSpan(at, 32), hash);
        }

        return hash;
    }

    /// <summary>True where the output key commits to the leaf hash (32 bytes) by this path.</summary>
    public bool Proves(XOnlyPublicKey outputKey, ReadOnlySpan<byte> leafHash)
        => TaprootOutput.TryCreate(InternalKey, RootOf(leafHash)) is { } output
            && output.OutputKey.Equals(outputKey) && output.OutputKeyIsOdd == OutputKeyIsOdd;
}
