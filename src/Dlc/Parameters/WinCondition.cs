using System.Globalization;

namespace Coordinator.Dlc;

/// <summary>One player's win in one outcome; in text <c>att0:p1</c>. Ordered by outcome, then by player index.</summary>
/// <param name="Outcome">The outcome that pays.</param>
/// <param name="PlayerIndex">Position in the contract's list of players, from 0.</param>
public readonly record struct WinCondition(Outcome Outcome, int PlayerIndex) : IComparable<WinCondition>
{
    /// <summary>Reads <c>att0:p1</c> or <c>exp:p0</c>; null for anything that is not the canonical form.</summary>
    public static WinCondition? TryParse(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon < 0 || colon + 1 >= text.Length || text[colon + 1] != 'p' || Outcome.TryParse(text[..colon]) is not { } outcome)
        {
            return null;
        }

        return CanonicalIndex.TryParse(text[(colon + 2)..], out var player) ? new WinCondition(outcome, player) : null;
    }

    public int CompareTo(WinCondition other)
        => Outcome.CompareTo(other.Outcome) is var order and not 0 ? order : PlayerIndex.CompareTo(other.PlayerIndex);

    public static bool operator <(WinCondition left, WinCondition right) => left.CompareTo(right) < 0;

    public static bool operator >(WinCondition left, WinCondition right) => left.CompareTo(right) > 0;

    public static bool operator <=(WinCondition left, WinCondition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(WinCondition left, WinCondition right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Outcome}:p{PlayerIndex}");
}
