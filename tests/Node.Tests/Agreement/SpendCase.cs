using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>One case: transactions handed in one after the other, and what is done to them in words.</summary>
internal sealed record SpendCase(ulong Seed, string Story, IReadOnlyList<string> Transactions);

/// <summary>Makes cases of seeds: a right spend, or several that hang together, with up to three things changed.</summary>
internal sealed class SpendCases(CoinYard yard)
{
    private readonly DraftChanges _changes = new(yard);
    private readonly Families _families = new(yard);

    public SpendCase Make(ulong seed)
    {
        var random = new SplitMix64(seed);
        return random.Below(10) switch
        {
            < 6 => Alone(seed, random),
            < 7 => OfUnconfirmed(seed, random),
            _ => _families.Make(seed, random),
        };
    }

    /// <summary>One transaction of confirmed coins.</summary>
    private SpendCase Alone(ulong seed, SplitMix64 random)
    {
        var draft = Right(random);
        return new SpendCase(seed, Story(draft, Finish(draft, random, out var hex)), [hex]);
    }

    /// <summary>A right payment to one of our scripts, and a spend of it before it is confirmed.</summary>
    private SpendCase OfUnconfirmed(ulong seed, SplitMix64 random)
    {
        var (parent, coin, way) = yard.Unconfirmed(random);
        var draft = new Draft { Outputs = [yard.Purse.Own(0)] };
        draft.Inputs.Add(new DraftInput(coin, way, random.Chance(50) ? TxIn.SequenceReplaceable : (uint)way.Blocks));
        if (random.Chance(30))
        {
            draft.Inputs.Add(Input(random));
        }

        var story = Finish(draft, random, out var hex);
        return new SpendCase(seed, $"a parent that waits; {Story(draft, story)}", [parent.ToHex(), hex]);
    }

    private Draft Right(SplitMix64 random)
    {
        var draft = new Draft { Outputs = [yard.Purse.Own(0)] };
        for (var inputs = random.OneOf(1, 1, 1, 2, 3); inputs > 0; inputs--)
        {
            draft.Inputs.Add(Input(random));
        }

        for (var more = random.OneOf(0, 0, 1, 2); more > 0; more--)
        {
            draft.Outputs.Add(new TxOut(Satoshis.Of(330 + random.Below(20_000)), random.OneOf([.. yard.Ways.Scripts])));
        }

        var rate = 1 + random.Below(20);
        draft.Fee = size => rate * size;
        return draft;
    }

    private DraftInput Input(SplitMix64 random)
    {
        var way = random.OneOf(random.Chance(75) ? yard.Ways.Ours : yard.Ways.Odd);
        var coin = yard.Take(way.Script, CoinYard.AgeFor(way.Blocks, random));
        return new DraftInput(coin, way, way.Blocks == 0 ? random.OneOf(TxIn.SequenceReplaceable, 0u, TxIn.SequenceFinal) : (uint)way.Blocks);
    }

    private string Finish(Draft draft, SplitMix64 random, out string hex)
    {
        for (var changes = random.OneOf(0, 0, 1, 1, 1, 2); changes > 0; changes--)
        {
            _changes.Apply(draft, random);
        }

        var (signed, story) = (draft.Build(), "");
        for (var changes = random.OneOf(0, 0, 0, 1, 1, 2); changes > 0; changes--)
        {
            (signed, var more) = WitnessChanges.Apply(signed, random);
            story += $"; {more}";
        }

        (hex, var bytes) = random.Chance(4) ? WitnessChanges.Bytes(signed, random) : (signed.ToHex(), "");
        return bytes.Length == 0 ? story : $"{story}; {bytes}";
    }

    private static string Story(Draft draft, string after)
        => string.Join("; ", [string.Join(" and ", draft.Inputs.Select(input => $"{input.Way.Name} {input.Sequence:x}")), .. draft.Story]) + after;
}
