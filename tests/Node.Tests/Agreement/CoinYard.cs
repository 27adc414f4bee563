using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>A coin that a case may spend.</summary>
/// <param name="OutPoint">Its name.</param>
/// <param name="Output">Amount and script.</param>
/// <param name="Age">Confirmations that it will have in the next block, minus one: a relative lock of so many blocks is over.</param>
internal sealed record YardCoin(OutPoint OutPoint, TxOut Output, int Age);

/// <summary>A node with coins of every script at every age that matters, and the simulated chain with the same blocks. The same every time.</summary>
public sealed class CoinYard : IAsyncLifetime
{
    private const int PerScript = 60;
    private const int PerPurse = 400;
    private const long Value = 100_000;

    /// <summary>Around every relative lock of the contracts, and far from all of them.</summary>
    private static readonly int[] Ages = [200, 157, 156, 155, 35, 34, 33, 18, 17, 16, 12, 11, 1];

    private readonly Dictionary<(Script Script, int Age), Queue<YardCoin>> _coins = [];
    private readonly List<YardCoin> _spent = [];

    internal RegtestNode Node { get; private set; } = null!;

    internal Purse Purse { get; } = new("yard");

    internal Ways Ways { get; private set; } = null!;

    internal int Height { get; private set; }

    internal long MedianTime { get; private set; }

    public async Task InitializeAsync()
    {
        Node = await RegtestNode.StartAsync();
        Ways = new Ways(Purse);
        await Purse.EarnAsync(Node, 60);
        var scripts = Ways.Scripts.ToList();
        var last = await Node.HeightAsync() + Ages[0] + 1;
        foreach (var age in Ages)
        {
            await Node.MineToAsync(last - age - 1);
            await PlantAsync(scripts, age);
        }

        await Node.MineToAsync(last - 1);
        (Height, MedianTime) = (await Node.HeightAsync(), await Node.MedianTimeAsync());
    }

    public async Task DisposeAsync()
    {
        if (Node is not null)
        {
            await Node.DisposeAsync();
        }
    }

    /// <summary>A coin that no case has spent yet; of another age where this one is used up.</summary>
    internal YardCoin Take(Script script, int age)
    {
        var queue = Ages.Prepend(age).Select(of => _coins[(script, of)]).First(coins => coins.Count > 0);
        return queue.Dequeue();
    }

    /// <summary>Ages next to this relative lock, or all of them.</summary>
    internal static int AgeFor(int blocks, SplitMix64 random) => blocks == 0 || random.Below(8) == 0
        ? Ages[random.Below(Ages.Length)]
        : Ages.Where(age => Math.Abs(age - blocks) <= 1).ToArray() is { Length: > 0 } near ? near[random.Below(near.Length)] : Ages[0];

    /// <summary>A coin that is spent in the chain.</summary>
    internal YardCoin Spent(SplitMix64 random) => _spent[random.Below(_spent.Count)];

    /// <summary>A right payment to a script, not sent, and how to spend it.</summary>
    internal (Transaction Parent, YardCoin Coin, Way Way) Unconfirmed(SplitMix64 random)
    {
        var way = random.OneOf(random.Chance(80) ? Ways.Ours : Ways.Odd);
        var coin = Take(Purse.Script, Ages[0]);
        var output = new TxOut(Satoshis.Of(Value - 1_000), way.Script);
        var parent = Purse.Sign(new Transaction(2, [new TxIn(coin.OutPoint, TxIn.SequenceReplaceable)], [output], 0), [coin.Output]);
        return (parent, new YardCoin(parent.OutPoint(0), output, 0), way);
    }

    private async Task PlantAsync(List<Script> scripts, int age)
    {
        var outputs = scripts.SelectMany(script => Enumerable.Repeat(new TxOut(Satoshis.Of(Value), script), script.Equals(Purse.Script) ? PerPurse : PerScript)).ToList();
        var planted = Purse.PayWithFee(200_000, [.. outputs, Purse.Own(Value)]);
        await Node.ConfirmAsync(planted, $"age {age}");
        for (var i = 0; i < outputs.Count; i++)
        {
            var key = (outputs[i].ScriptPubKey, age);
            _coins.TryAdd(key, new Queue<YardCoin>());
            _coins[key].Enqueue(new YardCoin(planted.OutPoint((uint)i), outputs[i], age));
        }

        _spent.Add(new YardCoin(planted.Inputs[0].PreviousOutput, Purse.Own(Value), age));
    }
}
