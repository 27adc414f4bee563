using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>One signer's part of a contract's items. Positions count within the part, item numbers within the whole. Immutable.</summary>
public sealed class SignerItems : ISigningBatch
{
    private readonly int[]? _items;
    private readonly int[]? _positions;
    private readonly Lazy<int[]> _claims;

    internal SignerItems(SigningItems all, int number, PublicKey key)
    {
        (AllItems, Number, Key, Shape) = (all, number, key, all.Shape);
        _claims = new(FindClaims);
        if (number == SigningItems.MarketMakerNumber)
        {
            return;
        }

        var outcomes = all.Shape.Outcomes.Length;
        var items = new List<int>(outcomes * 2);
        items.AddRange(Enumerable.Range(0, outcomes));
        var wins = ImmutableArray.CreateBuilder<WinCondition>();
        var next = outcomes;
        foreach (var winners in all.Winners)
        {
            var wonHere = winners.BinarySearch(number) >= 0;
            for (var i = 0; i < winners.Length; i++, next++)
            {
                if (wonHere)
                {
                    items.Add(next);
                    wins.Add(all.Shape.WinConditions[next - outcomes]);
                }
            }
        }

        _items = [.. items];
        _positions = new int[all.Count];
        Array.Fill(_positions, -1);
        for (var i = 0; i < _items.Length; i++)
        {
            _positions[_items[i]] = i;
        }

        Shape = new SigMapShape(all.Shape.Outcomes, wins.DrainToImmutable());
    }

    public SigningItems AllItems { get; }

    /// <summary>The player index, or <see cref="SigningItems.MarketMakerNumber"/>.</summary>
    public int Number { get; }

    public PublicKey Key { get; }

    /// <summary>The keys of this part.</summary>
    public SigMapShape Shape { get; }

    public int Count => Shape.Count;

    /// <summary>
    /// The items whose signatures this signer needs: the outcomes in which it wins and its own win conditions; all of them for the
    /// market maker (dlctix.md §15). Ascending item numbers.
    /// </summary>
    public IReadOnlyList<int> Claims => _claims.Value;

    /// <summary>Item number to position, −1 where this signer does not sign; null where they are the same.</summary>
    internal int[]? Positions => _positions;

    /// <summary>The item number at a position.</summary>
    public int ItemAt(int position) => _items is null ? position : _items[position];

    /// <summary>The position of an item, −1 where this signer does not sign it.</summary>
    public int PositionOf(int item) => _positions is null ? item : _positions[item];

    /// <inheritdoc/>
    public KeyAggregate Keys(int index) => AllItems.Keys(ItemAt(index));

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Message(int index) => AllItems.Message(ItemAt(index));

    /// <inheritdoc/>
    public PublicKey? Adaptor(int index) => AllItems.Adaptor(ItemAt(index));

    private int[] FindClaims()
    {
        if (_items is null)
        {
            return [.. Enumerable.Range(0, Count)];
        }

        var claims = new List<int>();
        var wins = new List<int>();
        var next = AllItems.Shape.Outcomes.Length;
        for (var outcome = 0; outcome < AllItems.Winners.Length; outcome++)
        {
            var place = AllItems.Winners[outcome].BinarySearch(Number);
            if (place >= 0)
            {
                claims.Add(outcome);
                wins.Add(next + place);
            }

            next += AllItems.Winners[outcome].Length;
        }

        return [.. claims, .. wins];
    }
}
