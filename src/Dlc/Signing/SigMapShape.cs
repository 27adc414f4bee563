using System.Collections.Immutable;

namespace Coordinator.Dlc;

/// <summary>
/// The keys of a SigMap in their one order: outcomes first, then win conditions, each ascending with the expiry last. A position counts
/// through both. Equal by content.
/// </summary>
public sealed class SigMapShape : IEquatable<SigMapShape>
{
    private readonly ImmutableArray<Outcome> _outcomes;
    private readonly ImmutableArray<WinCondition> _wins;

    /// <param name="outcomes">Ascending, none twice.</param>
    /// <param name="winConditions">Ascending, none twice.</param>
    /// <exception cref="ArgumentException">Not in order.</exception>
    public SigMapShape(ImmutableArray<Outcome> outcomes, ImmutableArray<WinCondition> winConditions)
    {
        if (!IsAscending(outcomes.AsSpan()) || !IsAscending(winConditions.AsSpan()))
        {
            throw new ArgumentException("the keys of a SigMap ascend", nameof(outcomes));
        }

        (_outcomes, _wins) = (outcomes, winConditions);
    }

    public ImmutableArray<Outcome> Outcomes => _outcomes;

    public ImmutableArray<WinCondition> WinConditions => _wins;

    /// <summary>The number of entries.</summary>
    public int Count => _outcomes.Length + _wins.Length;

    /// <summary>The position of an outcome, −1 where it is not a key.</summary>
    public int IndexOf(Outcome outcome) => _outcomes.BinarySearch(outcome) is var index and >= 0 ? index : -1;

    /// <summary>The position of a win condition, −1 where it is not a key.</summary>
    public int IndexOf(WinCondition win) => _wins.BinarySearch(win) is var index and >= 0 ? _outcomes.Length + index : -1;

    /// <summary>The key at a position as text: <c>att0</c>, <c>exp</c>, <c>att0:p1</c>.</summary>
    public string KeyAt(int position)
        => position < _outcomes.Length ? _outcomes[position].ToString() : _wins[position - _outcomes.Length].ToString();

    public bool Equals(SigMapShape? other)
        => other is not null && (ReferenceEquals(this, other)
            || (_outcomes.AsSpan().SequenceEqual(other._outcomes.AsSpan()) && _wins.AsSpan().SequenceEqual(other._wins.AsSpan())));

    public override bool Equals(object? obj) => Equals(obj as SigMapShape);

    public override int GetHashCode() => HashCode.Combine(_outcomes.Length, _wins.Length);

    private static bool IsAscending<T>(ReadOnlySpan<T> keys)
        where T : IComparable<T>
    {
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i - 1].CompareTo(keys[i]) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
