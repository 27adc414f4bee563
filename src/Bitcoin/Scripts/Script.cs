using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A script as bytes. Whether it means anything is the interpreter's business. Equal by content.</summary>
public sealed class Script : IEquatable<Script>
{
    private readonly byte[] _bytes;

    public Script(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public static Script Empty { get; } = new([]);

    public ReadOnlySpan<byte> Bytes => _bytes;

    public int Length => _bytes.Length;

    public byte[] ToBytes() => (byte[])_bytes.Clone();

    public string ToHex() => Hex.Encode(_bytes);

    /// <exception cref="BitcoinFormatException">Not hexadecimal.</exception>
    public static Script FromHex(string hex) => new(Hex.Decode(hex));

    /// <summary>OP_1 and a 32-byte output key (BIP-341).</summary>
    public static Script PayToTaproot(XOnlyPublicKey outputKey) => new([0x51, 0x20, .. outputKey.Bytes]);

    /// <summary>OP_0 and the SHA-256 of a witness script (BIP-141).</summary>
    public static Script PayToWitnessScriptHash(Script witnessScript) => new([0x00, 0x20, .. Hashes.Sha256(witnessScript.Bytes)]);

    /// <summary>OP_0 and the HASH160 of a compressed key (BIP-141).</summary>
    public static Script PayToWitnessPubkeyHash(PublicKey key) => new([0x00, 0x14, .. Hashes.Hash160(key.Bytes)]);

    /// <summary>OP_1 and the two bytes 4e73: anyone can spend it with an empty witness.</summary>
    public static Script PayToAnchor { get; } = new([0x51, 0x02, 0x4e, 0x73]);

    /// <summary>True for OP_1 and 32 bytes.</summary>
    public bool IsTaproot => _bytes.Length == 34 && _bytes[0] == 0x51 && _bytes[1] == 0x20;

    public bool Equals([NotNullWhen(true)] Script? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Script);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => ToHex();
}
