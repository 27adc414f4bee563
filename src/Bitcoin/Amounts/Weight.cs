namespace Coordinator.Bitcoin;

/// <summary>Transaction weight in weight units (BIP-141); four weight units are one virtual byte.</summary>
public readonly record struct Weight : IComparable<Weight>
{
    private Weight(long units) => Units = units;

    /// <summary>Weight units; not negative.</summary>
    public long Units { get; }

    public static Weight Zero => default;

    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static Weight Of(long units) => units >= 0
        ? new(units)
        : throw new ArgumentOutOfRangeException(nameof(units), units, "a weight is not negative");

    /// <summary>Virtual bytes, rounded up.</summary>
    public long VirtualBytes => (Units + 3) / 4;

    public static Weight operator +(Weight left, Weight right) => Of(checked(left.Units + right.Units));

    public static Weight operator *(Weight weight, long times) => Of(checked(weight.Units * times));

    public int CompareTo(Weight other) => Units.CompareTo(other.Units);

    public override string ToString() => $"{Units} wu";
}
