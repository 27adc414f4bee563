using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Bitcoin;

/// <summary>The hash functions of Bitcoin. All results are in natural byte order.</summary>
public static class Hashes
{
    public static byte[] Sha256(ReadOnlySpan<byte> data) => SHA256.HashData(data);

    /// <summary>SHA-256 applied twice.</summary>
    public static byte[] Hash256(ReadOnlySpan<byte> data)
    {
        Span<byte> once = stackalloc byte[32];
        SHA256.HashData(data, once);
        return SHA256.HashData(once);
    }

    /// <summary>RIPEMD-160 of SHA-256: 20 bytes.</summary>
    public static byte[] Hash160(ReadOnlySpan<byte> data) => Ripemd160.Hash(SHA256.HashData(data));

    /// <summary>SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ data) (BIP-340, "Design").</summary>
    public static byte[] Tagged(string tag, ReadOnlySpan<byte> data) => new TaggedHash(tag).Of(data);
}

/// <summary>A BIP-340 tagged hash with its tag already hashed; one instance serves any number of threads.</summary>
public sealed class TaggedHash
{
    private readonly byte[] _prefix;

    public TaggedHash(string tag)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(tag));
        _prefix = [.. hash, .. hash];
    }

    public static TaggedHash TapLeaf { get; } = new("TapLeaf");

    public static TaggedHash TapBranch { get; } = new("TapBranch");

    public static TaggedHash TapTweak { get; } = new("TapTweak");

    public static TaggedHash TapSighash { get; } = new("TapSighash");

    public static TaggedHash Bip340Challenge { get; } = new("BIP0340/challenge");

    public byte[] Of(ReadOnlySpan<byte> data)
    {
        var result = new byte[32];
        Of(data, [], [], result);
        return result;
    }

    /// <summary>Hashes the concatenation of up to three parts into <paramref name="result"/> (32 bytes).</summary>
    public void Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> result)
    {
        var total = _prefix.Length + first.Length + second.Length + third.Length;
        Span<byte> buffer = total <= 1_024 ? stackalloc byte[total] : new byte[total];
        _prefix.CopyTo(buffer);
        first.CopyTo(buffer[_prefix.Length..]);
        second.CopyTo(buffer[(_prefix.Length + first.Length)..]);
        third.CopyTo(buffer[(_prefix.Length + first.Length + second.Length)..]);
        SHA256.HashData(buffer, result);
        buffer.Clear();
    }
}
