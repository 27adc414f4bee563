using System.Buffers.Binary;
using System.Numerics;

namespace Coordinator.Nostr;

/// <summary>The ChaCha20 stream cipher of RFC 8439 §2.4 (32-byte key, 12-byte nonce, 32-bit block counter). Time depends on the length
/// only.
/// Alone it authenticates nothing.</summary>
internal static class ChaCha20
{
    /// <summary>Xors the key stream into the data in place; twice with the same arguments gives the data back.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes.</param>
    /// <param name="counter">The number of the first block.</param>
    /// <param name="data">At most 2^38 bytes.</param>
    internal static void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, uint counter, Span<byte> data)
    {
        Span<uint> start = stackalloc uint[16];
        Span<uint> block = stackalloc uint[16];
        Span<byte> stream = stackalloc byte[64];
        Prepare(start, key, nonce);
        while (!data.IsEmpty)
        {
            start[12] = counter;
            unchecked
            {
                counter++;
            }

            Block(start, block);
            for (var i = 0; i < 16; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(stream[(i * 4)..], block[i]);
            }

            var length = Math.Min(64, data.Length);
            for (var i = 0; i < length; i++)
            {
                data[i] ^= stream[i];
            }

            data = data[length..];
        }

        start.Clear();
        block.Clear();
        stream.Clear();
    }

    private static void Prepare(Span<uint> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        // "expand 32-byte k"
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (var i = 0; i < 8; i++)
        {
            state[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * 4)..]);
        }

        for (var i = 0; i < 3; i++)
        {
            state[13 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(i * 4)..]);
        }
    }

    private static void Block(ReadOnlySpan<uint> start, Span<uint> block)
    {
        start.CopyTo(block);
        for (var round = 0; round < 10; round++)
        {
            Quarter(block, 0, 4, 8, 12);
            Quarter(block, 1, 5, 9, 13);
            Quarter(block, 2, 6, 10, 14);
            Quarter(block, 3, 7, 11, 15);
            Quarter(block, 0, 5, 10, 15);
            Quarter(block, 1, 6, 11, 12);
            Quarter(block, 2, 7, 8, 13);
            Quarter(block, 3, 4, 9, 14);
        }

        for (var i = 0; i < 16; i++)
        {
            block[i] = unchecked(block[i] + start[i]);
        }
    }

    private static void Quarter(Span<uint> s, int a, int b, int c, int d)
    {
        unchecked
        {
            s[a] += s[b];
            s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 16);
            s[c] += s[d];
            s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 12);
            s[a] += s[b];
            s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 8);
            s[c] += s[d];
            s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 7);
        }
    }
}
