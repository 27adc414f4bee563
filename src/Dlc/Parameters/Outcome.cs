using System.Globalization;

namespace Coordinator.Dlc;

/// <summary>
/// One way the event can end: an attestation of the oracle, by its index among the event's locking points, or the expiry of the event.
/// Attestations are ordered by index, expiry comes last. The default value is attestation 0.
/// </summary>
public readonly record struct Outcome : IComparable<Outcome>
{
    private const string AttestationPrefix = "att";
    private const string ExpiryText = "exp";
    private readonly int _code;

    private Outcome(int code) => _code = code;

    /// <summary>The event expired without an attestation.</summary>
    public static Outcome Expiry { get; } = new(-1);

    public bool IsExpiry => _code < 0;

    /// <summary>Index among the event's locking points.</summary>
    /// <exception cref="InvalidOperationException">This is the expiry.</exception>
    public int AttestationIndex => _code >= 0 ? _code : throw new InvalidOperationException("the expiry has no attestation index");

    /// <summary>The attestation index, or -1 for the expiry: the number that binds a split leaf to its outcome.</summary>
    public int Number => _code;

    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static Outcome Attestation(int index) => index >= 0
        ? new(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, "an attestation index is not negative");

    /// <summary>Reads <c>att0</c>, <c>att12</c> or <c>exp</c>; null for anything else, signs and leading zeros included.</summary>
    public static Outcome? TryParse(ReadOnlySpan<char> text)
    {
        if (text.SequenceEqual(ExpiryText))
        {
            return Expiry;
        }

        return text.StartsWith(AttestationPrefix, StringComparison.Ordinal) && CanonicalIndex.TryParse(text[AttestationPrefix.Length..], out var index)
            ? Attestation(index)
            : null;
    }

    public int CompareTo(Outcome other) => unchecked((uint)_code).CompareTo(unchecked((uint)other._code));

    public static bool operator <(Outcome left, Outcome right) => left.CompareTo(right) < 0;

    public static bool operator >(Outcome left, Outcome right) => left.CompareTo(right) > 0;

    public static bool operator <=(Outcome left, Outcome right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Outcome left, Outcome right) => left.CompareTo(right) >= 0;

    /// <summary><c>att0</c> or <c>exp</c>.</summary>
    public override string ToString() => IsExpiry ? ExpiryText : AttestationPrefix + _code.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Decimal indices in their one canonical form: no sign, no leading zero, no white space.</summary>
internal static class CanonicalIndex
{
    public static bool TryParse(ReadOnlySpan<char> text, out int index)
    {
        index = 0;
        return text.Length > 0 && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
