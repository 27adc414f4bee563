using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// One value per outcome and per win condition (http-api.md §3), packed in one buffer in the order of its shape: public nonces,
/// aggregate nonces or partial signatures. Reading it checks keys and lengths only; the values are checked where they are taken in.
/// </summary>
public sealed class SigMap<T>
    where T : class, IWireBytes<T>
{
    private readonly byte[] _packed;

    private SigMap(SigMapShape shape, byte[] packed) => (Shape, _packed) = (shape, packed);

    public SigMapShape Shape { get; }

    public int Count => Shape.Count;

    /// <summary>All values, each <c>T.Size</c> bytes, in the order of the shape.</summary>
    public ReadOnlyMemory<byte> Packed => _packed;

    /// <summary>The bytes at a position.</summary>
    public ReadOnlySpan<byte> BytesAt(int position) => _packed.AsSpan(position * T.Size, T.Size);

    /// <summary>The value of an outcome.</summary>
    /// <exception cref="KeyNotFoundException">Not a key of this map.</exception>
    /// <exception cref="DlcFormatException">The bytes are no such value.</exception>
    public T this[Outcome outcome] => ValueAt(Shape.IndexOf(outcome));

    /// <inheritdoc cref="this[Outcome]"/>
    public T this[WinCondition win] => ValueAt(Shape.IndexOf(win));

    /// <summary>Wraps packed bytes; the buffer is not copied and must not change afterwards.</summary>
    /// <exception cref="DlcFormatException">Not as many bytes as the shape needs.</exception>
    public static SigMap<T> FromPacked(SigMapShape shape, byte[] packed) => packed.Length == shape.Count * T.Size
        ? new(shape, packed)
        : throw new DlcFormatException($"{shape.Count} entries of {T.Size} bytes expected, not {packed.Length} bytes");

    /// <summary>Reads the JSON form, keys in any order.</summary>
    /// <param name="shape">Exactly the keys that must be there.</param>
    /// <param name="utf8Json">The document.</param>
    /// <param name="ignoreOtherKeys">True to pick one's own part out of a larger map.</param>
    /// <exception cref="DlcFormatException">Not such a map; the message names the key.</exception>
    public static SigMap<T> Parse(SigMapShape shape, ReadOnlySpan<byte> utf8Json, bool ignoreOtherKeys = false)
        => new(shape, SigMapJson.Read(shape, utf8Json, T.Size, T.Name, ignoreOtherKeys));

    /// <summary>As <see cref="Parse"/>; answers why not instead of throwing.</summary>
    public static bool TryParse(
        SigMapShape shape, ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out SigMap<T>? map, [NotNullWhen(false)] out string? error,
        bool ignoreOtherKeys = false)
    {
        try
        {
            (map, error) = (Parse(shape, utf8Json, ignoreOtherKeys), null);
            return true;
        }
        catch (DlcFormatException refusal)
        {
            (map, error) = (null, refusal.Message);
            return false;
        }
    }

    /// <summary>Compact JSON, byte for byte as dlctix writes it.</summary>
    public byte[] ToJsonBytes() => SigMapJson.Write(Shape, _packed, T.Size);

    /// <summary>The position of the first entry whose bytes are no such value, or −1.</summary>
    public int FirstInvalid()
    {
        for (var i = 0; i < Count; i++)
        {
            if (!T.IsValid(BytesAt(i)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The part of this map that a signer needs.</summary>
    /// <exception cref="DlcFormatException">This is not the map of all items.</exception>
    public SigMap<T> For(SignerItems signer)
    {
        if (!Shape.Equals(signer.AllItems.Shape))
        {
            throw new DlcFormatException("only the map of all items can be cut to a signer's part");
        }

        var part = new byte[signer.Count * T.Size];
        for (var i = 0; i < signer.Count; i++)
        {
            BytesAt(signer.ItemAt(i)).CopyTo(part.AsSpan(i * T.Size));
        }

        return new(signer.Shape, part);
    }

    private T ValueAt(int position)
    {
        if (position < 0)
        {
            throw new KeyNotFoundException("there is no such key in this map");
        }

        return T.TryFrom(BytesAt(position)) ?? throw new DlcFormatException($"{Shape.KeyAt(position)}: not a {T.Name}");
    }
}
