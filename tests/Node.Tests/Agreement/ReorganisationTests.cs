using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Simulators.Chain;

namespace Coordinator.Node.Tests;

/// <summary>Six blocks are replaced by seven others: node and model keep, drop and take back the same, and say the same of everything.</summary>
public sealed class ReorganisationTests : IAsyncLifetime
{
    private const int Depth = 6;
    private readonly Purse _purse = new("reorganisation");
    private RegtestNode _node = null!;
    private int _height;

    public async Task InitializeAsync()
    {
        _node = await RegtestNode.StartAsync();
        await _purse.EarnAsync(_node, 12);
        _height = await _node.HeightAsync();
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Six_blocks_replaced_leave_the_same_mempool_and_the_same_statuses()
    {
        var model = await Mirror.OfAsync(_node);
        var (blocks, conflict) = Transactions();
        var (branch, times) = await BranchAsync(conflict);
        foreach (var transactions in blocks.Take(Depth))
        {
            await SubmitAsync(model, transactions);
            await MineAsync(model);
        }

        await SubmitAsync(model, blocks[^1]);
        var all = blocks.SelectMany(block => block).Append(conflict).ToList();
        await SameAsync(model, all, "before");
        Assert.Equal(_height + Depth, model.Height);

        // The node has the longer branch already and takes it in one step; the model makes it.
        await _node.CallAsync("reconsiderblock", $"""["{branch}"]""");
        model.Reorganise(Depth, [conflict]);
        Assert.Equal(Depth + 1, times.Count);
        Assert.Equal(_height + Depth + 1, model.Height);
        var waiting = await SameAsync(model, all, "after");
        Assert.InRange(waiting, 5, all.Count - 4);
        await MineAsync(model);
        Assert.Equal(0, await SameAsync(model, all, "and a block later"));
    }

    /// <summary>What is in each of the six blocks, what waits after them, and what the other branch has in the place of something of theirs.</summary>
    private (Transaction[][] Blocks, Transaction Conflict) Transactions()
    {
        var paid = Spend(Coin(), 500);
        var child = Spend(Output(paid), 500);
        var contestedCoin = Coin();
        var contested = Spend(contestedCoin, 5_000);
        var ofContested = Spend(Output(contested), 500);
        var aged = Spend(Coin(), 500);
        var byAge = Spend(Output(aged), 500, sequence: 3);
        var ofAge = Spend(Output(byAge), 500);
        var old = Coin();
        Transaction[][] blocks =
        [
            [paid, aged, contested],
            [child],
            [ofContested],
            [byAge, Spend(Coin(), 500, lockTime: (uint)_height + 3)],
            [Spend(old, 500, sequence: (uint)old.Age + 3), Spend(Coin(), 700)],
            [ofAge],
            [Spend(Output(child), 500), Spend(Output(ofContested), 500), Spend(Output(ofAge), 500), Spend(Coin(), 400)],
        ];
        return (blocks, Spend(new YardCoin(contestedCoin.OutPoint, contestedCoin.Output, 0), 200));
    }

    /// <summary>Seven blocks beside those to come, of which the node does not want to know until told: the first holds the conflict.</summary>
    private async Task<(string First, List<long> Times)> BranchAsync(Transaction conflict)
    {
        var times = new List<long>();
        string? first = null;
        for (var block = 0; block <= Depth; block++)
        {
            var content = block == 0 ? $"\"{conflict.ToHex()}\"" : "";
            var mined = await _node.CallAsync("generateblock", $"""["{new Purse("branch").Address}", [{content}]]""");
            first ??= mined.GetProperty("hash").GetString();
            times.Add(await _node.MedianTimeAsync());
        }

        await _node.CallAsync("invalidateblock", $"""["{first}"]""");
        Assert.Equal(_height, await _node.HeightAsync());

        // It waits now, as what was disconnected does, until its rival pays more.
        Assert.Equal([conflict.Txid.ToString()], (await _node.CallAsync("getrawmempool")).EnumerateArray().Select(txid => txid.GetString()));
        return (first!, times);
    }

    private async Task SubmitAsync(ChainModel model, IReadOnlyList<Transaction> transactions)
    {
        var node = await _node.SubmitAsync([.. transactions.Select(transaction => transaction.ToHex())]);
        foreach (var (transaction, verdict) in transactions.Zip(node))
        {
            var own = model.Submit(transaction);
            Assert.True(verdict.IsTaken && own.IsAccepted, $"{transaction.Txid}: node {verdict}, model {own.Refused}");
        }
    }

    /// <summary>One block of everything that waits; the same transactions in both.</summary>
    private async Task MineAsync(ChainModel model)
    {
        await _node.MineAsync();
        var hash = (await _node.CallAsync("getbestblockhash")).GetString();
        var block = await _node.CallAsync("getblock", $"""["{hash}", 1]""");
        var mined = model.Mine(DateTimeOffset.FromUnixTimeSeconds(block.GetProperty("time").GetInt64()));
        Assert.Equal(
            block.GetProperty("tx").EnumerateArray().Skip(1).Select(txid => txid.GetString()!).Order(StringComparer.Ordinal),
            mined.Transactions.Skip(1).Select(transaction => transaction.Txid.ToString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Compares mempools, statuses and spenders.</summary>
    /// <returns>How many wait.</returns>
    private async Task<int> SameAsync(ChainModel model, IReadOnlyList<Transaction> all, string when)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var node = new BitcoindChain(http, _node.ClientOptions("reorganisation"), TimeProvider.System);
        var simulated = new ModelChain(model);
        foreach (var transaction in all)
        {
            var expected = await StandingAsync(node, transaction);
            Assert.True(expected == await StandingAsync(simulated, transaction), $"{when}, {transaction.Txid}: node {expected}, model {await StandingAsync(simulated, transaction)}");
        }

        return await Mirror.SameMempoolAsync(_node, model);
    }

    private static async Task<string> StandingAsync(IChain chain, Transaction transaction)
    {
        var status = Assert.IsType<ChainAnswer<TransactionStatus>.Known>(await chain.GetStatusAsync(transaction.Txid, default)).Value;
        var spending = await chain.GetSpendingAsync(transaction.Inputs[0].PreviousOutput, default);
        Assert.True(spending.TryGet(out var spent), spending.Describe());
        var place = status is TransactionStatus.Confirmed confirmed ? $"at {confirmed.Height}" : status.GetType().Name;
        return $"{place}, its coin {(spent is OutputSpending.Spent by ? $"spent by {by.By.Txid} {by.Status.ConfirmedHeight}" : "unspent")}";
    }

    /// <summary>What the purse earned first; its age counts from a block known here.</summary>
    private YardCoin Coin()
    {
        var (coin, output, height) = _purse.Take();
        return new YardCoin(coin, output, _height + 1 - height);
    }

    private static YardCoin Output(Transaction parent) => new(parent.OutPoint(0), parent.Outputs[0], 0);

    private Transaction Spend(YardCoin coin, long fee, uint sequence = TxIn.SequenceReplaceable, uint lockTime = 0) => _purse.Sign(
        new Transaction(2, [new TxIn(coin.OutPoint, sequence)], [_purse.Own(coin.Output.Value.Value - fee)], lockTime), [coin.Output]);
}
