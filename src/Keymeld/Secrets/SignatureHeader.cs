using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>The two halves of a signature header: <c>nonce:signature</c>.</summary>
/// <param name="Nonce">As sent; not empty, without a colon.</param>
/// <param name="Signature">64 bytes r ‖ s; not verified yet.</param>
public sealed record SignatureHeader(string Nonce, byte[] Signature)
{
    /// <summary>Bytes of a nonce that we make.</summary>
    internal const int NonceSize = 16;

    private const int LongestNonce = 128;

    /// <summary>Takes a header apart; null where it is not two parts with 128 hex digits in the second.</summary>
    public static SignatureHeader? TryParse(string? header)
    {
        var colon = header?.IndexOf(':') ?? -1;
        return colon is > 0 and <= LongestNonce && Hex.TryDecode(header![(colon + 1)..], 64, out var signature)
            ? new SignatureHeader(header[..colon], signature)
            : null;
    }

    /// <summary>The header's text.</summary>
    public override string ToString() => $"{Nonce}:{Hex.Encode(Signature)}";

    /// <summary>Signs a digest: compact, low S, RFC 6979.</summary>
    internal static string Sign(SecretKey key, string nonce, ReadOnlySpan<byte> digest32)
        => new SignatureHeader(nonce, Secp256k1.EcdsaSignRecoverable(key, digest32).Compact).ToString();

    /// <summary>True for a low-S signature of the digest by the key.</summary>
    internal bool Signs(PublicKey key, ReadOnlySpan<byte> digest32)
        => EcdsaSignature.IsLowSCompact(Signature) && Secp256k1.EcdsaVerifyCompact(key, digest32, Signature);

    internal static byte[] FreshNonce() => RandomNumberGenerator.GetBytes(NonceSize);
}
