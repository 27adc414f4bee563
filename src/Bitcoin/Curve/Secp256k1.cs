using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// Curve operations of libsecp256k1 over whole keys. <see cref="Multiply"/> and <see cref="AddTweak"/> are not constant time in the
/// scalar: public scalars only. A secret times a point is <see cref="SharedX"/> or <see cref="SharedPoint"/>.
/// </summary>
public static unsafe class Secp256k1
{
    /// <summary>k·G for a secret k (constant time).</summary>
    internal static PublicKey PublicKeyOf(ReadOnlySpan<byte> secret32)
    {
        Span<byte> parsed = stackalloc byte[64];
        fixed (byte* output = parsed, input = secret32)
        {
            return Native.secp256k1_ec_pubkey_create(Native.Context, output, input) == 1
                ? PublicKey.FromParsed(parsed)
                : throw new ArgumentException("not a secp256k1 secret key", nameof(secret32));
        }
    }

    /// <summary>The sum of one or more points, or null where it is infinity.</summary>
    public static PublicKey? Combine(params ReadOnlySpan<PublicKey> points)
    {
        var parsed = new byte[points.Length * 64];
        for (var i = 0; i < points.Length; i++)
        {
            points[i].Parsed.CopyTo(parsed.AsSpan(i * 64));
        }

        Span<byte> sum = stackalloc byte[64];
        fixed (byte* output = sum, inputs = parsed)
        {
            var pointers = new byte*[points.Length];
            for (var i = 0; i < pointers.Length; i++)
            {
                pointers[i] = inputs + (i * 64);
            }

            fixed (byte** list = pointers)
            {
                return Native.secp256k1_ec_pubkey_combine(Native.Context, output, list, (nuint)points.Length) == 1
                    ? PublicKey.FromParsed(sum)
                    : null;
            }
        }
    }

    public static PublicKey Negate(PublicKey point)
    {
        Span<byte> parsed = stackalloc byte[64];
        point.Parsed.CopyTo(parsed);
        fixed (byte* pointer = parsed)
        {
            _ = Native.secp256k1_ec_pubkey_negate(Native.Context, pointer);
        }

        return PublicKey.FromParsed(parsed);
    }

    /// <summary>point + tweak·G, or null where the tweak is not below n or the result is infinity. Public scalars only.</summary>
    public static PublicKey? AddTweak(PublicKey point, ReadOnlySpan<byte> tweak32)
    {
        Span<byte> parsed = stackalloc byte[64];
        point.Parsed.CopyTo(parsed);
        fixed (byte* pointer = parsed, tweak = tweak32)
        {
            return tweak32.Length == 32 && Native.secp256k1_ec_pubkey_tweak_add(Native.Context, pointer, tweak) == 1
                ? PublicKey.FromParsed(parsed)
                : null;
        }
    }

    /// <summary>scalar·point, or null where the scalar is zero or not below n. Public scalars only.</summary>
    public static PublicKey? Multiply(PublicKey point, ReadOnlySpan<byte> scalar32)
    {
        Span<byte> parsed = stackalloc byte[64];
        point.Parsed.CopyTo(parsed);
        fixed (byte* pointer = parsed, scalar = scalar32)
        {
            return scalar32.Length == 32 && Native.secp256k1_ec_pubkey_tweak_mul(Native.Context, pointer, scalar) == 1
                ? PublicKey.FromParsed(parsed)
                : null;
        }
    }

    /// <summary>The 32-byte x coordinate of secret·point, unhashed and constant time (NIP-44).</summary>
    public static byte[] SharedX(SecretKey secret, PublicKey point) => SharedPoint(secret, point)[1..33];

    /// <summary>secret·point as 65 bytes 04 ‖ x ‖ y, constant time.</summary>
    public static byte[] SharedPoint(SecretKey secret, PublicKey point)
    {
        var result = new byte[65];
        fixed (byte* output = result, pub = point.Parsed, sec = secret.Bytes)
        {
            return Native.secp256k1_ecdh(Native.Context, output, pub, sec, &CopyPoint, null) == 1
                ? result
                : throw new InvalidOperationException("libsecp256k1 refused a valid key pair");
        }
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int CopyPoint(byte* output, byte* x32, byte* y32, void* data)
    {
        output[0] = 4;
        new ReadOnlySpan<byte>(x32, 32).CopyTo(new Span<byte>(output + 1, 32));
        new ReadOnlySpan<byte>(y32, 32).CopyTo(new Span<byte>(output + 33, 32));
        return 1;
    }

    /// <summary>A BIP-340 signature (64 bytes) over a 32-byte message with fresh auxiliary randomness.</summary>
    public static byte[] SchnorrSign(SecretKey key, ReadOnlySpan<byte> message32) => SchnorrSign(key, message32, RandomNumberGenerator.GetBytes(32));

    /// <summary>A BIP-340 signature over a 32-byte message with the given 32 bytes of auxiliary randomness.</summary>
    public static byte[] SchnorrSign(SecretKey key, ReadOnlySpan<byte> message32, ReadOnlySpan<byte> auxiliary32)
    {
        if (message32.Length != 32 || auxiliary32.Length != 32)
        {
            throw new ArgumentException("message and auxiliary data are 32 bytes each", nameof(message32));
        }

        var signature = new byte[64];
        Span<byte> pair = stackalloc byte[96];
        fixed (byte* output = signature, message = message32, auxiliary = auxiliary32, keypair = pair, secret = key.Bytes)
        {
            _ = Native.secp256k1_keypair_create(Native.Context, keypair, secret);
            var signed = Native.secp256k1_schnorrsig_sign32(Native.Context, output, message, keypair, auxiliary);
            pair.Clear();
            return signed == 1 ? signature : throw new InvalidOperationException("libsecp256k1 refused to sign");
        }
    }

    /// <summary>Verifies a BIP-340 signature over a message of any length. False for anything that is not one.</summary>
    public static bool SchnorrVerify(XOnlyPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature64)
    {
        if (signature64.Length != 64)
        {
            return false;
        }

        Span<byte> parsed = stackalloc byte[64];
        fixed (byte* xonly = parsed, input = key.Bytes, sig = signature64, msg = message)
        {
            byte none = 0;
            return Native.secp256k1_xonly_pubkey_parse(Native.Context, xonly, input) == 1
                && Native.secp256k1_schnorrsig_verify(Native.Context, sig, msg is null ? &none : msg, (nuint)message.Length, xonly) == 1;
        }
    }

    /// <summary>A DER-encoded low-S ECDSA signature (RFC 6979 nonce), without a sighash byte.</summary>
    public static byte[] EcdsaSignDer(SecretKey key, ReadOnlySpan<byte> hash32)
    {
        Span<byte> signature = stackalloc byte[64];
        Span<byte> der = stackalloc byte[72];
        nuint length = 72;
        fixed (byte* sig = signature, hash = hash32, secret = key.Bytes, output = der)
        {
            _ = Native.secp256k1_ecdsa_sign(Native.Context, sig, hash, secret, IntPtr.Zero, IntPtr.Zero);
            _ = Native.secp256k1_ecdsa_signature_serialize_der(Native.Context, output, &length, sig);
        }

        return der[..(int)length].ToArray();
    }

    /// <summary>Verifies a strict DER, low-S ECDSA signature. High-S and malformed ones are false.</summary>
    public static bool EcdsaVerifyDer(PublicKey key, ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> der)
    {
        Span<byte> signature = stackalloc byte[64];
        fixed (byte* sig = signature, hash = hash32, input = der, pub = key.Parsed)
        {
            return hash32.Length == 32 && der.Length > 0
                && Native.secp256k1_ecdsa_signature_parse_der(Native.Context, sig, input, (nuint)der.Length) == 1
                && Native.secp256k1_ecdsa_verify(Native.Context, sig, hash, pub) == 1;
        }
    }

    /// <summary>Verifies a 64-byte r ‖ s ECDSA signature; high S is accepted after normalisation (BOLT-11).</summary>
    public static bool EcdsaVerifyCompact(PublicKey key, ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> compact64)
    {
        Span<byte> signature = stackalloc byte[64];
        fixed (byte* sig = signature, hash = hash32, input = compact64, pub = key.Parsed)
        {
            if (hash32.Length != 32 || compact64.Length != 64
                || Native.secp256k1_ecdsa_signature_parse_compact(Native.Context, sig, input) != 1)
            {
                return false;
            }

            _ = Native.secp256k1_ecdsa_signature_normalize(Native.Context, sig, sig);
            return Native.secp256k1_ecdsa_verify(Native.Context, sig, hash, pub) == 1;
        }
    }

    /// <summary>A recoverable ECDSA signature: 64 bytes r ‖ s and the recovery id 0 to 3.</summary>
    public static (byte[] Compact, int RecoveryId) EcdsaSignRecoverable(SecretKey key, ReadOnlySpan<byte> hash32)
    {
        var compact = new byte[64];
        Span<byte> signature = stackalloc byte[65];
        int recovery;
        fixed (byte* output = compact, sig = signature, hash = hash32, secret = key.Bytes)
        {
            _ = Native.secp256k1_ecdsa_sign_recoverable(Native.Context, sig, hash, secret, IntPtr.Zero, IntPtr.Zero);
            _ = Native.secp256k1_ecdsa_recoverable_signature_serialize_compact(Native.Context, output, &recovery, sig);
        }

        return (compact, recovery);
    }

    /// <summary>The key that made a recoverable signature, or null where there is none.</summary>
    public static PublicKey? EcdsaRecover(ReadOnlySpan<byte> compact64, int recoveryId, ReadOnlySpan<byte> hash32)
    {
        if (compact64.Length != 64 || hash32.Length != 32 || recoveryId is < 0 or > 3)
        {
            return null;
        }

        Span<byte> signature = stackalloc byte[65];
        Span<byte> parsed = stackalloc byte[64];
        fixed (byte* sig = signature, input = compact64, hash = hash32, pub = parsed)
        {
            return Native.secp256k1_ecdsa_recoverable_signature_parse_compact(Native.Context, sig, input, recoveryId) == 1
                && Native.secp256k1_ecdsa_recover(Native.Context, pub, sig, hash) == 1
                ? PublicKey.FromParsed(parsed)
                : null;
        }
    }
}
