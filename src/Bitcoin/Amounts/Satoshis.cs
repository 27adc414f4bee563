namespace Coordinator.Bitcoin;

/// <summary>An amount of bitcoin in satoshis, from 0 to 21,000,000 BTC. Arithmetic that leaves the range throws.</summary>
public readonly record struct Satoshis : IComparable<Satoshis>
{
    /// <summary>21,000,000 BTC in satoshis.</summary>
    public const long MaxValue = 2_100_000_000_000_000;

    private Satoshis(long value) => Value = value;

    /// <summary>Satoshis, 0 to <see cref="MaxValue"/>.</summary>
    public long Value { get; }

    public static Satoshis Zero => default;

    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to <see cref="MaxValue"/>.</exception>
    public static Satoshis Of(long value) => value is >= 0 and <= MaxValue
        ? new(value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "an amount is between 0 and 21,000,000 BTC in satoshis");

    /// <summary>The amount, or null where the value is out of range.</summary>
    public static Satoshis? TryOf(long value) => value is >= 0 and <= MaxValue ? new Satoshis(value) : null;

    public static Satoshis operator +(Satoshis left, Satoshis right) => Of(checked(left.Value + right.Value));

    /// <exception cref="ArgumentOutOfRangeException">The result would be negative.</exception>
    public static Satoshis operator -(Satoshis left, Satoshis right) => Of(left.Value - right.Value);

    public static Satoshis operator *(Satoshis amount, long times) => Of(checked(amount.Value * times));

    public static bool operator <(Satoshis left, Satoshis right) => left.Value < right.Value;

    public static bool operator >(Satoshis left, Satoshis right) => left.Value > right.Value;

    public static bool operator <=(Satoshis left, Satoshis right) => left.Value <= right.Value;

    public static bool operator >=(Satoshis left, Satoshis right) => left.Value >= right.Value;

    public int CompareTo(Satoshis other) => Value.CompareTo(other.Value);

    /// <summary>This amount in millisatoshis.</summary>
    public Millisatoshis ToMillisatoshis() => Millisatoshis.Of(Value * 1_000);

    public override string ToString() => $"{Value} sat";
}
