using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Nostr;

/// <summary>NIP-44 version 2: padded, encrypted and authenticated text, base64( 2 ‖ nonce 32 ‖ ciphertext ‖ MAC 32 ).</summary>
public static class Nip44
{
    /// <summary>The longest plaintext of the original version 2, in UTF-8 bytes; longer ones (a later addition with a length of six bytes)
    /// only where the caller asks for them.</summary>
    public const int StandardMaximumBytes = 65_535;

    /// <summary>The longest plaintext that can be asked for, in UTF-8 bytes.</summary>
    public const int LargestMaximumBytes = 16 * 1_024 * 1_024;

    private const int NonceLength = 32;
    private const int MacLength = 32;
    private const int Overhead = 1 + NonceLength + MacLength;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encrypts a text with a fresh nonce.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="plaintext">1 to <paramref name="maximumBytes"/> bytes of UTF-8.</param>
    /// <param name="maximumBytes">At most <see cref="LargestMaximumBytes"/>.</param>
    /// <exception cref="NostrFormatException"><see cref="NostrProblem.InvalidLength"/> or <see
    /// cref="NostrProblem.InvalidText"/>.</exception>
    public static string Encrypt(ConversationKey key, string plaintext, int maximumBytes = StandardMaximumBytes)
        => Encrypt(key, plaintext, RandomNumberGenerator.GetBytes(NonceLength), maximumBytes);

    /// <summary>Decrypts a payload. The MAC is checked, in constant time, before anything is decrypted.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="payload">Base64 with padding, as RFC 4648 §3.5 writes it (unused bits are zero, no white space): one message has one
    /// payload. Its length is checked before it is decoded.</param>
    /// <param name="maximumBytes">The longest plaintext accepted.</param>
    /// <exception cref="NostrFormatException">The payload is none, or not under this key.</exception>
    public static string Decrypt(ConversationKey key, string payload, int maximumBytes = StandardMaximumBytes)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(payload);
        var data = Decode(payload, maximumBytes);
        var nonce = data.AsSpan(1, NonceLength);
        var padded = data.AsSpan(1 + NonceLength, data.Length - Overhead);
        var keys = key.MessageKeys(nonce);
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Mac(keys, nonce, padded), data.AsSpan(data.Length - MacLength)))
            {
                throw new NostrFormatException(NostrProblem.InvalidMac, "the authentication code does not fit");
            }

            ChaCha20.Apply(keys.AsSpan(0, 32), keys.AsSpan(32, 12), 0, padded);
            return Utf8.GetString(Unpad(padded, maximumBytes));
        }
        catch (DecoderFallbackException)
        {
            throw new NostrFormatException(NostrProblem.InvalidText, "the decrypted bytes are not UTF-8");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
            CryptographicOperations.ZeroMemory(data);
        }
    }

    /// <summary>The length that a plaintext of this many bytes is padded to, without the length prefix.</summary>
    internal static int PaddedLength(int length)
    {
        if (length <= 32)
        {
            return 32;
        }

        var nextPower = 1 << (BitOperations.Log2((uint)(length - 1)) + 1);
        var chunk = nextPower <= 256 ? 32 : nextPower / 8;
        return chunk * (((length - 1) / chunk) + 1);
    }

    internal static string Encrypt(ConversationKey key, string plaintext, ReadOnlySpan<byte> nonce32, int maximumBytes)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(plaintext);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumBytes, LargestMaximumBytes);
        var (prefix, length) = Measure(plaintext, maximumBytes);
        var data = new byte[Overhead + prefix + PaddedLength(length)];
        data[0] = 2;
        nonce32.CopyTo(data.AsSpan(1));
        var padded = data.AsSpan(1 + NonceLength, data.Length - Overhead);
        if (prefix == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(padded, (ushort)length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(padded[2..], (uint)length);
        }

        Utf8.GetBytes(plaintext, padded[prefix..]);
        var keys = key.MessageKeys(nonce32);
        ChaCha20.Apply(keys.AsSpan(0, 32), keys.AsSpan(32, 12), 0, padded);
        Mac(keys, nonce32, padded).CopyTo(data.AsSpan(data.Length - MacLength));
        CryptographicOperations.ZeroMemory(keys);
        return Convert.ToBase64String(data);
    }

    private static (int Prefix, int Length) Measure(string plaintext, int maximumBytes)
    {
        try
        {
            var length = plaintext.Length > maximumBytes ? int.MaxValue : Utf8.GetByteCount(plaintext);
            return length < 1 || length > maximumBytes
                ? throw new NostrFormatException(NostrProblem.InvalidLength, $"a plaintext has 1 to {maximumBytes} bytes")
                : (length <= StandardMaximumBytes ? 2 : 6, length);
        }
        catch (EncoderFallbackException)
        {
            throw new NostrFormatException(NostrProblem.InvalidText, "the plaintext holds a lone surrogate");
        }
    }

    private static byte[] Decode(string payload, int maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumBytes, LargestMaximumBytes);
        if (payload.StartsWith('#'))
        {
            throw new NostrFormatException(NostrProblem.UnknownVersion, "the payload announces another encryption version");
        }

        var largest = Overhead + (maximumBytes > StandardMaximumBytes ? 6 : 2) + PaddedLength(maximumBytes);
        if (payload.Length < 132 || payload.Length > (largest + 2) / 3 * 4)
        {
            throw new NostrFormatException(
                NostrProblem.InvalidLength,
                $"a payload of {payload.Length} characters is too short or too long");
        }

        var data = new byte[payload.Length / 4 * 3];
        if (!Convert.TryFromBase64String(payload, data, out var written) || Convert.ToBase64String(data.AsSpan(0, written)) != payload)
        {
            throw new NostrFormatException(NostrProblem.InvalidBase64, "the payload is not base64");
        }

        if (written < Overhead + 34)
        {
            throw new NostrFormatException(NostrProblem.InvalidLength, $"a payload of {written} bytes is too short");
        }

        return data[0] == 2
            ? data[..written]
            : throw new NostrFormatException(NostrProblem.UnknownVersion, $"encryption version {data[0]} is unknown");
    }

    private static ReadOnlySpan<byte> Unpad(ReadOnlySpan<byte> padded, int maximumBytes)
    {
        long length = BinaryPrimitives.ReadUInt16BigEndian(padded);
        var prefix = 2;
        if (length == 0)
        {
            length = BinaryPrimitives.ReadUInt32BigEndian(padded[2..]);
            prefix = 6;
        }

        if (length > maximumBytes || length < 1 || (prefix == 6 && length <= StandardMaximumBytes)
            || padded.Length != prefix + PaddedLength((int)length))
        {
            throw new NostrFormatException(NostrProblem.InvalidPadding, "the padding is not the one of the length");
        }

        return padded.Slice(prefix, (int)length);
    }

    private static byte[] Mac(ReadOnlySpan<byte> messageKeys, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, messageKeys[44..76]);
        mac.AppendData(nonce);
        mac.AppendData(ciphertext);
        return mac.GetHashAndReset();
    }
}
