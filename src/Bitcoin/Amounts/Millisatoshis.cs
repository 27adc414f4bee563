namespace Coordinator.Bitcoin;

/// <summary>A Lightning amount in millisatoshis, from 0 to 21,000,000 BTC.</summary>
public readonly record struct Millisatoshis : IComparable<Millisatoshis>
{
    private Millisatoshis(long value) => Value = value;

    /// <summary>Millisatoshis; not negative.</summary>
    public long Value { get; }

    public static Millisatoshis Zero => default;

    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 21,000,000 BTC.</exception>
    public static Millisatoshis Of(long value) => value is >= 0 and <= Satoshis.MaxValue * 1_000
        ? new(value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "an amount is between 0 and 21,000,000 BTC in millisatoshis");

    /// <summary>Whole satoshis, rounded down.</summary>
    public Satoshis ToSatoshisFloor() => Satoshis.Of(Value / 1_000);

    /// <summary>Whole satoshis, rounded up.</summary>
    public Satoshis ToSatoshisCeiling() => Satoshis.Of((Value + 999) / 1_000);

    public static Millisatoshis operator +(Millisatoshis left, Millisatoshis right) => Of(checked(left.Value + right.Value));

    public static Millisatoshis operator -(Millisatoshis left, Millisatoshis right) => Of(left.Value - right.Value);

    public int CompareTo(Millisatoshis other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Value} msat";
}
