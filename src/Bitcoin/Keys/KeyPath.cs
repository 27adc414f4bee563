using System.Collections.Immutable;
using System.Globalization;

namespace Coordinator.Bitcoin;

/// <summary>A BIP-32 derivation path. In text <c>m/86'/0'/0'</c>: hardened steps end in an apostrophe (h is read too).</summary>
public sealed class KeyPath
{
    /// <summary>Added to an index to make the step hardened.</summary>
    public const uint Hardened = 0x8000_0000;

    private const int MaxSteps = 255;

    public KeyPath(params IEnumerable<uint> indices)
    {
        Indices = [.. indices];
        if (Indices.Length > MaxSteps)
        {
            throw new ArgumentException($"a path has at most {MaxSteps} steps", nameof(indices));
        }
    }

    /// <summary>Steps from the root; hardened ones are 2^31 or more.</summary>
    public ImmutableArray<uint> Indices { get; }

    /// <summary>Null for anything but m and steps of decimal numbers below 2^31 separated by slashes.</summary>
    public static KeyPath? TryParse(string? text)
    {
        var parts = text?.Split('/') ?? [];
        if (parts is not ["m", ..] || parts.Length > MaxSteps + 1)
        {
            return null;
        }

        var indices = new List<uint>();
        foreach (var part in parts.Skip(1))
        {
            var hard = part.EndsWith('\'') || part.EndsWith('h');
            var digits = hard ? part.AsSpan(0, part.Length - 1) : part;
            if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= Hardened)
            {
                return null;
            }

            indices.Add(hard ? index + Hardened : index);
        }

        return new KeyPath(indices);
    }

    /// <exception cref="BitcoinFormatException">Not a path.</exception>
    public static KeyPath Parse(string text)
        => TryParse(text) ?? throw new BitcoinFormatException("not a derivation path like m/86'/0'/0'");

    public override string ToString()
        => "m" + string.Concat(Indices.Select(index => index >= Hardened ? $"/{index - Hardened}'" : $"/{index}"));
}
