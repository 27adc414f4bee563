using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A script that a taproot output can be spent with, and its leaf version (BIP-341). Equal by version and script.</summary>
public sealed class TapLeaf : IEquatable<TapLeaf>
{
    /// <summary>The leaf version of tapscript (BIP-342).</summary>
    public const byte Tapscript = 0xc0;

    private readonly byte[] _hash;

    /// <exception cref="ArgumentException">An odd leaf version, or 0x50 (the annex).</exception>
    public TapLeaf(Script script, byte version = Tapscript)
    {
        if ((version & 1) != 0 || version == 0x50)
        {
            throw new ArgumentException($"{version:x2} is not a leaf version", nameof(version));
        }

        Script = script;
        Version = version;
        _hash = HashOf(version, script.Bytes);
    }

    public byte Version { get; }

    public Script Script { get; }

    /// <summary>TapLeaf hash of version, length and script: 32 bytes.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    internal static byte[] HashOf(byte version, ReadOnlySpan<byte> script)
    {
        var prefix = new SpanWriter(stackalloc byte[10]);
        prefix.Byte(version);
        prefix.CompactSize((ulong)script.Length);
        var hash = new byte[32];
        TaggedHash.TapLeaf.Of(prefix.Written, script, [], hash);
        return hash;
    }

    public bool Equals([NotNullWhen(true)] TapLeaf? other) => other is not null && _hash.AsSpan().SequenceEqual(other._hash);

    public override bool Equals(object? obj) => Equals(obj as TapLeaf);

    public override int GetHashCode() => BitConverter.ToInt32(_hash, 0);
}
