using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>One transaction of the demo with all it spends.</summary>
/// <param name="Kind">funding, outcome, expiry, split, close, sell_back, win, reclaim, bump, escrow, escrow_back, faucet or other.</param>
/// <param name="Refusal">What the interpreter has against it; null where it is good.</param>
internal sealed record BookedTransaction(string Kind, Transaction Transaction, ImmutableArray<TxOut> Prevouts, int Height, string? Refusal)
{
    public long Fee => Prevouts.Sum(output => output.Value.Value) - Transaction.OutputValue.Value;
}

/// <summary>Every transaction that was mined since the demo began, each verified anew under the interpreter at the height where it stands.</summary>
internal sealed class TransactionBook(ChainWorld chain, int startHeight, DemoLog log)
{
    private readonly Dictionary<Txid, BookedTransaction> _booked = [];
    private readonly List<BookedTransaction> _order = [];
    private readonly Dictionary<int, WorldBlock> _blocks = [];
    private readonly HashSet<Txid> _told = [];
    private readonly HashSet<string> _faucets = new(StringComparer.Ordinal);
    private readonly HashSet<OutPoint> _fundings = [];
    private readonly int _start = startHeight;
    private int _height = startHeight;

    public IReadOnlyList<BookedTransaction> All => _order;

    /// <summary>Whether an event that paid everybody back at expiry names its transaction so.</summary>
    public bool Expires { get; init; }

    public void AddFaucet(string txid) => _faucets.Add(txid);

    /// <summary>A contract's funding output, once it is known.</summary>
    public void AddFunding(OutPoint? funding)
    {
        if (funding is { } output)
        {
            _fundings.Add(output);
        }
    }

    /// <summary>Reads the blocks that came since the last time. What stood in blocks that are no longer of the chain is forgotten, until it stands in another.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var tip = (await chain.TipAsync(cancellation)).Height;
        await RewindAsync(tip, cancellation);
        while (_height < tip)
        {
            var block = await chain.BlockAsync(_height + 1, cancellation);
            _height++;
            _blocks[_height] = block;
            foreach (var id in block.Transactions)
            {
                await BookAsync(id, cancellation);
            }
        }
    }

    private async Task RewindAsync(int tip, CancellationToken cancellation)
    {
        _blocks.TryAdd(_start, await chain.BlockAsync(_start, cancellation));
        while (_height > _start && (_height > tip || (await chain.BlockAsync(_height, cancellation)).Hash != _blocks[_height].Hash))
        {
            foreach (var booked in _order.Where(booked => booked.Height == _height))
            {
                _booked.Remove(booked.Transaction.Txid);
            }

            _order.RemoveAll(booked => booked.Height == _height);
            _height--;
        }
    }

    /// <summary>The final outputs of the demo's own transactions that nothing spends.</summary>
    public IEnumerable<(OutPoint At, TxOut Output)> Unspent()
    {
        var spent = _order.SelectMany(booked => booked.Transaction.Inputs).Select(input => input.PreviousOutput).ToHashSet();
        return from booked in _order
               where booked.Kind != "faucet"
               from output in booked.Transaction.Outputs.Select((output, index) => (At: booked.Transaction.OutPoint((uint)index), Output: output))
               where !spent.Contains(output.At)
               select output;
    }

    /// <summary>Value of the coins that came from outside and were spent by the demo's own transactions.</summary>
    public long CoinsSpent()
        => _order.Where(booked => booked.Kind != "faucet").Sum(booked => booked.Transaction.Inputs.Zip(booked.Prevouts)
            .Where(pair => !_booked.TryGetValue(pair.First.PreviousOutput.Txid, out var parent) || parent.Kind == "faucet")
            .Sum(pair => pair.Second.Value.Value));

    private async Task BookAsync(Txid id, CancellationToken cancellation)
    {
        var transaction = await chain.TransactionAsync(id, cancellation);
        var spent = ImmutableArray.CreateBuilder<SpentOutput>();
        foreach (var input in transaction.Inputs)
        {
            spent.Add(await SpentAsync(input.PreviousOutput, cancellation));
        }

        ImmutableArray<TxOut> prevouts = [.. spent.Select(output => output.Output)];
        var refusal = TransactionVerifier.Verify(transaction, spent, new NextBlock(_height, _blocks[_height - 1].MedianTimePast))?.ToString();
        var booked = new BookedTransaction(KindOf(transaction, prevouts), transaction, prevouts, _height, refusal);
        _booked[id] = booked;
        _order.Add(booked);
        log.Tell(
            _told.Add(id) ? "tx" : "tx_again",
            $"{booked.Kind} transaction {id} in block {_height}, fee {booked.Fee} sat"
                + (refusal is null ? string.Empty : $", REFUSED by the interpreter: {refusal}"),
            ("kind", booked.Kind),
            ("txid", id.ToString()),
            ("hex", transaction.ToHex()),
            ("prevouts", new JsonArray([.. prevouts.Select(ToJson)])),
            ("height", _height),
            ("verified", refusal is null));
    }

    private static JsonNode ToJson(TxOut output) => new JsonObject { ["value"] = output.Value.Value, ["script"] = output.ScriptPubKey.ToHex() };

    private async Task<SpentOutput> SpentAsync(OutPoint output, CancellationToken cancellation)
    {
        if (_booked.TryGetValue(output.Txid, out var parent))
        {
            return new SpentOutput(parent.Transaction.Outputs[(int)output.Vout], parent.Height, _blocks[parent.Height - 1].MedianTimePast);
        }

        var transaction = await chain.TransactionAsync(output.Txid, cancellation);
        var isCoinbase = transaction.Inputs is [{ PreviousOutput.Vout: uint.MaxValue }];
        return new SpentOutput(transaction.Outputs[(int)output.Vout], await chain.HeightOfAsync(output.Txid, cancellation), 0, isCoinbase);
    }

    private string KindOf(Transaction transaction, ImmutableArray<TxOut> prevouts)
    {
        if (_faucets.Contains(transaction.Txid.ToString()))
        {
            return "faucet";
        }

        if (_fundings.Any(funding => transaction.Txid == funding.Txid))
        {
            return "funding";
        }

        if (prevouts.Any(output => output.ScriptPubKey.Equals(Script.PayToAnchor)))
        {
            return "bump";
        }

        if (transaction.Outputs.Any(output => IsEscrow(output.ScriptPubKey)))
        {
            return "escrow";
        }

        return transaction.Inputs.Select(input => KindOf(input)).FirstOrDefault(kind => kind != "other") ?? "other";
    }

    /// <summary>Only escrows are P2WSH here.</summary>
    private static bool IsEscrow(Script script) => script.Bytes is [0x00, 0x20, ..] && script.Length == 34;

    private string KindOf(TxIn input)
    {
        if (_fundings.Contains(input.PreviousOutput))
        {
            return Expires ? "expiry" : "outcome";
        }

        return _booked.GetValueOrDefault(input.PreviousOutput.Txid)?.Kind switch
        {
            // The funding's other outputs are the coordinator's: change, and what is kept for children on anchors.
            "funding" => "bump",
            "escrow" => input.Witness.Length switch { 4 or 7 => "escrow_back", 6 => "reclaim", _ => "other" },
            "outcome" or "expiry" => input.Witness.Length switch { 1 => "close", 4 => "split", _ => "reclaim" },
            "split" => input.Witness.Length switch { 1 => "close", 4 => IsWin(input) ? "win" : "sell_back", _ => "reclaim" },
            _ => "other",
        };
    }

    /// <summary>A win waits Δ blocks by its sequence; a sell-back does not wait.</summary>
    private static bool IsWin(TxIn input) => (input.Sequence & 0x8000_0000) == 0 && (input.Sequence & 0xffff) > 1;
}
