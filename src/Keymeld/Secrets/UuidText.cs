namespace Coordinator.Keymeld;

/// <summary>Ids as they travel and are hashed: canonical lower-case text, ordered by their 16 bytes in big-endian order.</summary>
public static class UuidText
{
    private const string UrnPrefix = "urn:uuid:";

    /// <summary>36 lower-case characters with hyphens.</summary>
    public static string Of(Guid id) => id.ToString("D");

    /// <summary>Reads any case, with or without hyphens, in braces, or as <c>urn:uuid:</c>; null for anything else.</summary>
    public static Guid? TryParse(string? text)
    {
        var span = text.AsSpan();
        if (span.Length != span.Trim().Length)
        {
            return null; // the framework would trim
        }

        if (span.StartsWith(UrnPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return Guid.TryParseExact(span[UrnPrefix.Length..], "D", out var urn) ? urn : null;
        }

        return Guid.TryParseExact(span, "D", out var id) || Guid.TryParseExact(span, "N", out id) || Guid.TryParseExact(span, "B", out id)
            ? id
            : null;
    }

    /// <summary>The 16 bytes in the order of the text.</summary>
    public static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>The order of the bytes, which is the ordinal order of the texts.</summary>
    public static int Compare(Guid left, Guid right)
    {
        Span<byte> bytes = stackalloc byte[32];
        _ = left.TryWriteBytes(bytes[..16], bigEndian: true, out _);
        _ = right.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        return bytes[..16].SequenceCompareTo(bytes[16..]);
    }

    /// <summary><see cref="Compare"/> for sorting.</summary>
    public static IComparer<Guid> Order { get; } = Comparer<Guid>.Create(Compare);

    /// <summary>An id in the shape of a version 7 UUID from the first 16 bytes of a hash: the same hash, the same id.</summary>
    internal static Guid Shape(ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash[..16].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
