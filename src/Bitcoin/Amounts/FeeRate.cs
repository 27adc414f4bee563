namespace Coordinator.Bitcoin;

/// <summary>A mining fee rate in satoshis per 1,000 weight units; 1 sat/vB is 250 sat/kwu. Zero is a legal rate.</summary>
public readonly record struct FeeRate : IComparable<FeeRate>
{
    private FeeRate(long satPerKwu) => SatPerKwu = satPerKwu;

    /// <summary>Satoshis per 1,000 weight units; not negative.</summary>
    public long SatPerKwu { get; }

    public static FeeRate Zero => default;

    /// <exception cref="ArgumentOutOfRangeException">Negative, or above 21,000,000 BTC.</exception>
    public static FeeRate FromSatPerKwu(long rate) => rate is >= 0 and <= Satoshis.MaxValue
        ? new(rate)
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a fee rate is not negative");

    public static FeeRate FromSatPerVbyte(long rate) => FromSatPerKwu(checked(rate * 250));

    /// <summary>A rate in (fractional) satoshis per virtual byte as fee estimators give it, rounded up to sat/kwu.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, not a number, or absurdly large.</exception>
    public static FeeRate FromSatPerVbyteCeiling(double rate) => rate is >= 0 and < 1e12
        ? FromSatPerKwu((long)Math.Ceiling(rate * 250))
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a fee rate is a number that is not negative");

    /// <summary>The fee for this weight, rounded down (rust-bitcoin's <c>fee_wu</c> floor).</summary>
    public Satoshis FeeFloor(Weight weight) => Satoshis.Of((long)((Int128)SatPerKwu * weight.Units / 1_000));

    /// <summary>The fee for this weight, rounded up so that it never falls below the rate.</summary>
    public Satoshis FeeCeiling(Weight weight) => Satoshis.Of((long)((((Int128)SatPerKwu * weight.Units) + 999) / 1_000));

    public static bool operator <(FeeRate left, FeeRate right) => left.SatPerKwu < right.SatPerKwu;

    public static bool operator >(FeeRate left, FeeRate right) => left.SatPerKwu > right.SatPerKwu;

    public static bool operator <=(FeeRate left, FeeRate right) => left.SatPerKwu <= right.SatPerKwu;

    public static bool operator >=(FeeRate left, FeeRate right) => left.SatPerKwu >= right.SatPerKwu;

    public int CompareTo(FeeRate other) => SatPerKwu.CompareTo(other.SatPerKwu);

    public override string ToString() => $"{SatPerKwu} sat/kwu";
}
