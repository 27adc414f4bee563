using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// BIP-327 NonceGen as a function of its 32 random bytes, and the same as musig2 up to 0.3.1 does it (dlctix.md §11.3), which only the
/// known answers need. Internal: nobody outside may choose the randomness.
/// </summary>
internal static class NonceDerivation
{
    public const int SecretSize = 64;

    private static readonly TaggedHash AuxiliaryHash = new("MuSig/aux");
    private static readonly TaggedHash NonceHash = new("MuSig/nonce");

    /// <summary>What the nonce is bound to. An empty aggregate key or key is absent; an empty message is still a message.</summary>
    public readonly ref struct Input
    {
        public ReadOnlySpan<byte> Secret { get; init; }

        public ReadOnlySpan<byte> PublicKey { get; init; }

        public ReadOnlySpan<byte> AggregateKey { get; init; }

        public bool HasMessage { get; init; }

        public ReadOnlySpan<byte> Message { get; init; }

        public ReadOnlySpan<byte> Extra { get; init; }

        /// <summary>musig2 up to 0.3.1: the seed is always masked and an absent extra input has no length.</summary>
        public bool IsLegacy { get; init; }
    }

    /// <summary>Writes k1 ‖ k2 (64 bytes). The caller wipes them, and the random bytes.</summary>
    public static void Derive(ReadOnlySpan<byte> random32, in Input input, Span<byte> secret64)
    {
        var length = 32 + 1 + input.PublicKey.Length + 1 + input.AggregateKey.Length + 1
            + (input.HasMessage ? 8 + input.Message.Length : 0) + 4 + input.Extra.Length + 1;
        Span<byte> buffer = length <= 512 ? stackalloc byte[length] : new byte[length];
        try
        {
            var used = Write(random32, input, buffer);
            for (byte index = 0; index < 2; index++)
            {
                buffer[used] = index;
                var k = secret64.Slice(index * 32, 32);
                NonceHash.Of(buffer[..(used + 1)], [], [], k);
                Scalars.Reduce(k);
                if (Scalars.IsZero(k))
                {
                    Scalars.One.CopyTo(k);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static int Write(ReadOnlySpan<byte> random32, in Input input, Span<byte> buffer)
    {
        if (input.Secret.IsEmpty && !input.IsLegacy)
        {
            random32.CopyTo(buffer);
        }
        else
        {
            AuxiliaryHash.Of(random32, [], [], buffer[..32]);
            for (var i = 0; i < input.Secret.Length; i++)
            {
                buffer[i] ^= input.Secret[i];
            }
        }

        var used = WriteShort(buffer, 32, input.PublicKey);
        used = WriteShort(buffer, used, input.AggregateKey);
        buffer[used++] = (byte)(input.HasMessage ? 1 : 0);
        if (input.HasMessage)
        {
            BinaryPrimitives.WriteInt64BigEndian(buffer[used..], input.Message.Length);
            input.Message.CopyTo(buffer[(used + 8)..]);
            used += 8 + input.Message.Length;
        }

        if (!input.IsLegacy || !input.Extra.IsEmpty)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer[used..], input.Extra.Length);
            input.Extra.CopyTo(buffer[(used + 4)..]);
            used += 4 + input.Extra.Length;
        }

        return used;
    }

    private static int WriteShort(Span<byte> buffer, int used, ReadOnlySpan<byte> part)
    {
        buffer[used] = (byte)part.Length;
        part.CopyTo(buffer[(used + 1)..]);
        return used + 1 + part.Length;
    }

    /// <summary>The two points of k1 ‖ k2 in parsed form.</summary>
    public static void ToPoints(ReadOnlySpan<byte> secret64, Span<byte> points128)
    {
        Points.Generate(secret64[..32], points128[..Points.Size]);
        Points.Generate(secret64[32..], points128[Points.Size..]);
    }
}
