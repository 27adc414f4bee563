using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Simulators.Chain;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>Parents that pay too little, with their children: the port answers the same on the model and on the node, and the same wait after it.</summary>
public sealed class PackageAgreementTests : IAsyncLifetime
{
    private const ulong Seed = 90_210;
    private const int Cases = 300;
    private const long Value = 100_000;
    private readonly Purse _purse = new("packages");
    private readonly Queue<YardCoin> _coins = new();
    private RegtestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await RegtestNode.StartAsync();
        await _purse.EarnAsync(_node, 2);
        var planted = _purse.PayWithFee(100_000, [.. Enumerable.Repeat(_purse.Own(Value), 3 * Cases)]);
        await _node.ConfirmAsync(planted);
        for (var i = 0u; i < 3 * Cases; i++)
        {
            _coins.Enqueue(new YardCoin(planted.OutPoint(i), planted.Outputs[(int)i], 1));
        }
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_model_and_the_node_say_the_same_of_every_package()
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var node = new BitcoindChain(http, _node.ClientOptions("packages"), TimeProvider.System);
        var model = await Mirror.OfAsync(_node);
        var simulated = new ModelChain(model);
        var (differences, taken) = (new List<string>(), 0);
        for (var seed = Seed; seed < Seed + Cases; seed++)
        {
            var (story, package, first) = Make(new SplitMix64(seed));
            if (first)
            {
                await node.BroadcastAsync(package[0], default);
                await simulated.BroadcastAsync(package[0], default);
            }

            var (theirs, ours) = (await node.BroadcastPackageAsync(package, default), await simulated.BroadcastPackageAsync(package, default));
            var (known, own) = (await WaitingAsync(node, package), await WaitingAsync(simulated, package));
            taken += theirs.IsOut ? 1 : 0;
            if (theirs.IsOut != ours.IsOut || theirs.Refusal != ours.Refusal || known != own)
            {
                differences.Add($"seed {seed}: {story}: node {theirs.Describe()}, waiting {known}; model {ours.Describe()}, waiting {own}");
            }
        }

        Assert.True(differences.Count == 0, $"first seed {Seed}, {taken} taken, {differences.Count} differences:\n{string.Join('\n', differences.Take(20))}");
        Assert.InRange(taken, Cases / 5, Cases - (Cases / 5));
        await Mirror.SameMempoolAsync(_node, model);
    }

    private (string Story, Transaction[] Package, bool First) Make(SplitMix64 random)
    {
        var (version, low) = (random.OneOf(2, 3, 3), random.OneOf(0, 0, 100, 165, 166, 167, 500));
        var anchor = random.OneOf(240L, 240, 240, 239, 0);
        var coin = _coins.Dequeue();
        var parent = Sign(version, [coin], [_purse.Own(Value - anchor - low), new TxOut(Satoshis.Of(anchor), Script.PayToAnchor)]);
        var (childVersion, fee) = (random.Chance(85) ? version : 5 - version, random.OneOf(0, 150, 151, 200, 318, 319, 320, 500, 2_000, 9_000));
        List<YardCoin> spent = random.OneOf(0, 1, 2) switch
        {
            0 => [Of(parent, 1), _coins.Dequeue()],
            1 => [Of(parent, 0)],
            _ => [Of(parent, 0), Of(parent, 1)],
        };
        if (random.Chance(3))
        {
            spent.Add(coin);
        }

        var child = Sign(childVersion, spent, [_purse.Own(Math.Max(0, spent.Sum(of => of.Output.Value.Value) - fee))]);
        var signature = child.Inputs.Index().First(input => input.Item.Witness.Length > 0).Index;
        child = random.Chance(8) ? child.Bent(input: signature) : child;
        parent = random.Chance(4) ? parent.Bent() : parent;
        var isFirst = random.Chance(10);
        return ($"parent v{version} pays {low} with {anchor} sat of anchor, child v{childVersion} pays {fee} for {spent.Count} inputs{(isFirst ? ", parent first" : "")}",
            [parent, child], isFirst);
    }

    private Transaction Sign(int version, IReadOnlyList<YardCoin> coins, IReadOnlyList<TxOut> outputs) => _purse.Sign(
        new Transaction(version, coins.Select(coin => new TxIn(coin.OutPoint, TxIn.SequenceReplaceable)), outputs, 0), [.. coins.Select(coin => coin.Output)]);

    private static YardCoin Of(Transaction parent, int index) => new(parent.OutPoint((uint)index), parent.Outputs[index], 0);

    private static async Task<string> WaitingAsync(IChain chain, Transaction[] package)
    {
        var places = new List<string>();
        foreach (var transaction in package)
        {
            var status = await chain.GetStatusAsync(transaction.Txid, default);
            Assert.True(status.TryGet(out var known), status.Describe());
            places.Add(known.GetType().Name);
        }

        return string.Join(" and ", places);
    }
}
