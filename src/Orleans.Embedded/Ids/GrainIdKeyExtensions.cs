using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Keys as text: integers in upper-case hex without leading zeros, GUIDs as 32 hex digits, extensions behind a plus sign.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>The key for an integer; negative ones as two's complement (<c>FFFFFFFFFFFFFFFF</c> is -1).</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>The key for an integer and a text.</summary>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension)
        => string.IsNullOrWhiteSpace(keyExtension)
            ? CreateIntegerKey(key)
            : IdSpan.Create($"{key.ToString("X", CultureInfo.InvariantCulture)}+{keyExtension}");

    /// <summary>The key for a GUID.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>The key for a GUID and a text.</summary>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension)
        => string.IsNullOrWhiteSpace(keyExtension) ? CreateGuidKey(key) : IdSpan.Create($"{key:N}+{keyExtension}");

    /// <summary>Reads an integer key; false when the key is something else.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var number = Split(grainId.Key.ToString(), out keyExt);
        return long.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>Reads an integer key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt)
        => grainId.TryGetIntegerKey(out var key, out keyExt)
            ? key
            : throw new ArgumentException($"Value \"{grainId}\" is not in the correct format for an Integer key.", nameof(grainId));

    /// <summary>Reads an integer key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static long GetIntegerKey(this GrainId grainId) => grainId.GetIntegerKey(out _);

    /// <summary>Reads a GUID key; false when the key is something else.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var digits = Split(grainId.Key.ToString(), out keyExt);
        return Guid.TryParseExact(digits, "N", out key);
    }

    /// <summary>Reads a GUID key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt)
        => grainId.TryGetGuidKey(out var key, out keyExt)
            ? key
            : throw new ArgumentException($"Value \"{grainId}\" is not in the correct format for a Guid key.", nameof(grainId));

    /// <summary>Reads a GUID key.</summary>
    /// <exception cref="ArgumentException">The key is something else.</exception>
    public static Guid GetGuidKey(this GrainId grainId) => grainId.GetGuidKey(out _);

    private static string Split(string key, out string? extension)
    {
        var plus = key.IndexOf('+');
        extension = plus < 0 ? null : key[(plus + 1)..];
        return plus < 0 ? key : key[..plus];
    }
}
