using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>The chain through a Bitcoin node's RPC. Spenders and histories come from a watch-only wallet in the node, which is told of every script
/// that is asked about; the node never holds a key.</summary>
/// <remarks>The node is trusted for what exists and what confirmed; ids of transactions are checked. It needs <c>txindex=1</c> and must not be
/// pruned. Safe for any number of callers.</remarks>
public sealed partial class BitcoindChain : IChain, IDisposable
{
    private static readonly int[] Targets = [2, 3, 6, 12, 24, 144];

    private readonly BitcoindRpc _rpc;
    private readonly BitcoindFitness _fitness;
    private readonly BitcoindWatch _watch;
    private readonly BitcoindOptions _options;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="http">Its own timeout must be infinite; its owner disposes it.</param>
    /// <param name="options">Validated.</param>
    /// <param name="time">Measures time limits and pauses.</param>
    public BitcoindChain(HttpClient http, BitcoindOptions options, TimeProvider time)
    {
        _options = options;
        _rpc = new BitcoindRpc(http, options, time);
        _fitness = new BitcoindFitness(_rpc, options, time);
        _watch = new BitcoindWatch(_rpc, options, time);
    }

    public void Dispose() => _watch.Dispose();

    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation)
        => _rpc.RetryAsync(() => ReadTipAsync(cancellation), cancellation);

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        return ReadAsync(
            async () =>
            {
                var asked = await _rpc.CallAsync("getblockhash", string.Create(CultureInfo.InvariantCulture, $"[{height}]"), cancellation);
                return !asked.TryGet(out var reply) ? asked.As<BlockHash?>()
                    : reply.Code == RpcReply.InvalidParameter ? ChainAnswer.Known<BlockHash?>(null)
                    : BitcoindRpc.Result("getblockhash", asked).Map(result => result.GetString() is { } text ? BlockHash.TryParseDisplay(text) : null);
            },
            cancellation);
    }

    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation)
        => ReadAsync(() => ReadStatusAsync(txid, cancellation), cancellation);

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation)
        => ReadAsync(() => ReadTransactionAsync(txid, cancellation), cancellation);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation)
        => ReadAsync(() => ReadSpendingAsync(output, cancellation), cancellation);

    /// <summary>What fails here fails again when one of the scripts is asked about.</summary>
    public async Task ExpectAsync(IEnumerable<Script> scripts, CancellationToken cancellation)
        => _ = await ReadAsync(() => _watch.ExpectAsync(scripts, cancellation), cancellation);

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
        => ReadAsync(() => ReadHistoryAsync(script, cancellation), cancellation);

    public async Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation)
    {
        var floor = await ReadAsync(() => _rpc.ResultAsync("getmempoolinfo", "[]", cancellation), cancellation);
        if (!floor.TryGet(out var mempool))
        {
            return floor.As<FeeEstimates>();
        }

        // What the mempool does not take at the moment confirms nowhere, whatever was estimated before.
        var least = Math.Max(mempool.GetProperty("mempoolminfee").GetDecimal(), mempool.GetProperty("minrelaytxfee").GetDecimal());
        var rates = new List<KeyValuePair<int, FeeRate>>();
        foreach (var target in Targets)
        {
            var asked = await ReadAsync(
                () => _rpc.ResultAsync("estimatesmartfee", string.Create(CultureInfo.InvariantCulture, $"[{target}]"), cancellation), cancellation);
            if (!asked.TryGet(out var estimate))
            {
                return asked.As<FeeEstimates>();
            }

            if (estimate.TryGetProperty("feerate", out var rate))
            {
                // The node knows nothing faster than two blocks.
                rates.Add(new(target == 2 ? 1 : target, RateOf(Math.Max(rate.GetDecimal(), least))));
            }
        }

        var fallback = RateOf(least) is var lowest && lowest > _options.FallbackFeeRate ? lowest : _options.FallbackFeeRate;
        return ChainAnswer.Known(new FeeEstimates(rates, fallback));
    }

    public Task<ChainAnswer<bool>> OffersPackagesAsync(CancellationToken cancellation)
        => ReadAsync(
            async () => (await _rpc.ResultAsync("help", "[\"submitpackage\"]", cancellation))
                .Map(text => text.GetString()?.StartsWith("submitpackage", StringComparison.Ordinal) == true),
            cancellation);

    /// <summary>A read of a node that is fit, repeated while it is unavailable for a cause that may pass.</summary>
    private async Task<ChainAnswer<T>> ReadAsync<T>(Func<Task<ChainAnswer<T>>> read, CancellationToken cancellation)
    {
        var answer = await _rpc.RetryAsync(
            async () => await _fitness.ComplaintAsync(cancellation) is { } complaint ? complaint.As<T>() : await read(), cancellation);
        if (answer.Fault is not null)
        {
            _fitness.Forget();
        }

        return answer;
    }

    private async Task<ChainAnswer<ChainTip>> ReadTipAsync(CancellationToken cancellation)
    {
        var asked = await _fitness.InfoAsync(cancellation);
        if (!asked.TryGet(out var info))
        {
            _fitness.Forget();
            return asked.As<ChainTip>();
        }

        return BlockHash.TryParseDisplay(info.GetProperty("bestblockhash").GetString() ?? "") is { } hash
            ? ChainAnswer.Known(new ChainTip(
                info.GetProperty("blocks").GetInt32(), hash, DateTimeOffset.FromUnixTimeSeconds(info.GetProperty("time").GetInt64()),
                new MedianTimePast(info.GetProperty("mediantime").GetInt64())))
            : Fault<ChainTip>(ChainFault.BadAnswer, "getblockchaininfo: not a block hash");
    }

    private async Task<ChainAnswer<TransactionStatus>> ReadStatusAsync(Txid txid, CancellationToken cancellation)
    {
        var asked = await _rpc.CallAsync("getrawtransaction", $"""["{txid}", 1]""", cancellation);
        if (!asked.TryGet(out var reply))
        {
            return asked.As<TransactionStatus>();
        }

        if (!reply.IsOk)
        {
            return Absent<TransactionStatus>(reply, new TransactionStatus.Unknown());
        }

        if (!reply.Result.TryGetProperty("blockhash", out var block))
        {
            return ChainAnswer.Known<TransactionStatus>(new TransactionStatus.InMempool());
        }

        var header = await _rpc.ResultAsync("getblockheader", $"""["{block.GetString()}"]""", cancellation);
        return !header.TryGet(out var found) ? header.As<TransactionStatus>()
            : found.GetProperty("confirmations").GetInt32() >= 1 && BlockHash.TryParseDisplay(block.GetString() ?? "") is { } hash
                ? ChainAnswer.Known<TransactionStatus>(new TransactionStatus.Confirmed(
                    found.GetProperty("height").GetInt32(), hash, DateTimeOffset.FromUnixTimeSeconds(found.GetProperty("time").GetInt64())))
            : await InMempoolAsync(txid, cancellation);
    }

    /// <summary>A transaction whose block is no longer in the best chain.</summary>
    private async Task<ChainAnswer<TransactionStatus>> InMempoolAsync(Txid txid, CancellationToken cancellation)
    {
        var asked = await _rpc.CallAsync("getmempoolentry", $"""["{txid}"]""", cancellation);
        return asked.Map<TransactionStatus>(reply => reply.IsOk ? new TransactionStatus.InMempool() : new TransactionStatus.Unknown());
    }

    private async Task<ChainAnswer<Transaction?>> ReadTransactionAsync(Txid txid, CancellationToken cancellation)
    {
        var asked = await _rpc.CallAsync("getrawtransaction", $"""["{txid}"]""", cancellation);
        return !asked.TryGet(out var reply) ? asked.As<Transaction?>()
            : !reply.IsOk ? Absent<Transaction?>(reply, null)
            : Read(reply.Result.GetString() ?? "", txid);
    }

    private async Task<ChainAnswer<OutputSpending>> ReadSpendingAsync(OutPoint output, CancellationToken cancellation)
    {
        var question = string.Create(CultureInfo.InvariantCulture, $"[\"{output.Txid}\", {output.Vout}, true]");
        var unspent = await _rpc.ResultAsync("gettxout", question, cancellation);
        if (!unspent.TryGet(out var coin))
        {
            return unspent.As<OutputSpending>();
        }

        if (coin.ValueKind == JsonValueKind.Object)
        {
            return ChainAnswer.Known<OutputSpending>(new OutputSpending.Unspent());
        }

        var waiting = await WaitingSpenderAsync(output, cancellation);
        if (!waiting.TryGet(out var spending) || spending is not null)
        {
            return spending is null ? waiting.As<OutputSpending>() : ChainAnswer.Known(spending);
        }

        var made = await ReadTransactionAsync(output.Txid, cancellation);
        if (!made.TryGet(out var maker))
        {
            return made.As<OutputSpending>();
        }

        return maker is null || output.Vout >= maker.Outputs.Length
            ? ChainAnswer.Known<OutputSpending>(new OutputSpending.Unspent())
            : await SpenderAsync(output, maker, cancellation);
    }

    /// <summary>The spender in the mempool, or null.</summary>
    private async Task<ChainAnswer<OutputSpending?>> WaitingSpenderAsync(OutPoint output, CancellationToken cancellation)
    {
        var asked = await _rpc.ResultAsync(
            "gettxspendingprevout", $$"""[[{"txid":"{{output.Txid}}","vout":{{output.Vout}}}]]""", cancellation);
        if (!asked.TryGet(out var list))
        {
            return asked.As<OutputSpending?>();
        }

        if (!list[0].TryGetProperty("spendingtxid", out var id))
        {
            return ChainAnswer.Known<OutputSpending?>(null);
        }

        if (Txid.TryParseDisplay(id.GetString() ?? "") is not { } txid)
        {
            return Fault<OutputSpending?>(ChainFault.BadAnswer, "gettxspendingprevout: not a transaction id");
        }

        var read = await ReadTransactionAsync(txid, cancellation);
        return !read.TryGet(out var spender) ? read.As<OutputSpending?>()
            : spender is null ? ChainAnswer.Known<OutputSpending?>(null)
            : ChainAnswer.Known<OutputSpending?>(new OutputSpending.Spent(spender, InputOf(spender, output), new TransactionStatus.InMempool()));
    }

    private static int InputOf(Transaction spender, OutPoint output) => spender.Inputs.Index().First(input => input.Item.PreviousOutput == output).Index;

    private async Task<ChainAnswer<OutputSpending>> SpenderAsync(OutPoint output, Transaction maker, CancellationToken cancellation)
    {
        var status = await ReadStatusAsync(maker.Txid, cancellation);
        if (!status.TryGet(out var made))
        {
            return status.As<OutputSpending>();
        }

        var watched = await _watch.SpendersAsync(output, maker.Outputs[(int)output.Vout].ScriptPubKey, made, cancellation);
        if (!watched.TryGet(out var spenders))
        {
            return watched.As<OutputSpending>();
        }

        foreach (var spender in spenders)
        {
            var asked = await ReadStatusAsync(spender.Txid, cancellation);
            if (!asked.TryGet(out var where))
            {
                return asked.As<OutputSpending>();
            }

            if (where is not TransactionStatus.Unknown)
            {
                return ChainAnswer.Known<OutputSpending>(new OutputSpending.Spent(spender, InputOf(spender, output), where));
            }
        }

        return made is TransactionStatus.Unknown ? ChainAnswer.Known<OutputSpending>(new OutputSpending.Unspent())
            : Fault<OutputSpending>(ChainFault.BadAnswer, $"{output} is spent, and by whom is not known yet: the chain changed while it was read");
    }

    private async Task<ChainAnswer<ScriptHistory>> ReadHistoryAsync(Script script, CancellationToken cancellation)
    {
        var watched = await _watch.TransactionsOfAsync(script, cancellation);
        if (!watched.TryGet(out var transactions))
        {
            return watched.As<ScriptHistory>();
        }

        var known = new List<(Transaction Transaction, TransactionStatus Status)>();
        foreach (var transaction in transactions)
        {
            var asked = await ReadStatusAsync(transaction.Txid, cancellation);
            if (!asked.TryGet(out var status))
            {
                return asked.As<ScriptHistory>();
            }

            if (status is not TransactionStatus.Unknown)
            {
                known.Add((transaction, status));
            }
        }

        return ChainAnswer.Known(HistoryOf(script, known));
    }

    private static ScriptHistory HistoryOf(Script script, List<(Transaction Transaction, TransactionStatus Status)> known)
    {
        var spenders = known.SelectMany(item => item.Transaction.Inputs.Select(input => (input.PreviousOutput, item)))
            .GroupBy(pair => pair.PreviousOutput).ToDictionary(group => group.Key, group => group.First().item);
        var outputs = new List<ScriptOutput>();
        foreach (var (transaction, status) in known)
        {
            foreach (var (index, output) in transaction.Outputs.Index().Where(output => output.Item.ScriptPubKey.Equals(script)))
            {
                var outpoint = transaction.OutPoint((uint)index);
                var spent = spenders.TryGetValue(outpoint, out var spender);
                outputs.Add(new ScriptOutput(
                    outpoint, output, transaction.Inputs[0].PreviousOutput.Vout == uint.MaxValue, status, spent ? spender.Transaction.Txid : null, spent ? spender.Status : null));
            }
        }

        return new ScriptHistory(outputs);
    }

    private static ChainAnswer<Transaction?> Read(string hex, Txid expected)
        => !Hex.TryDecode(hex, out var bytes) || !Transaction.TryParse(bytes, out var transaction, out _) || transaction.Txid != expected
            ? Fault<Transaction?>(ChainFault.BadAnswer, $"getrawtransaction: not the transaction {expected}")
            : ChainAnswer.Known<Transaction?>(transaction);

    /// <summary>"No such transaction" is an answer only from a node that has indexed every block.</summary>
    private static ChainAnswer<T> Absent<T>(RpcReply reply, T absent)
        => reply.Code != RpcReply.NotFound ? Fault<T>(ChainFault.ServerError, BitcoindRpc.Describe("getrawtransaction", reply))
            : reply.Message.Contains("-txindex", StringComparison.OrdinalIgnoreCase)
                ? Fault<T>(ChainFault.Refused, "the node has no transaction index: start it with txindex=1")
            : reply.Message.Contains("being indexed", StringComparison.OrdinalIgnoreCase)
                ? Fault<T>(ChainFault.ServerError, "the node is still indexing transactions")
            : ChainAnswer.Known(absent);

    /// <summary>From bitcoin per 1 000 virtual bytes, rounded up.</summary>
    private static FeeRate RateOf(decimal bitcoinPerKvb) => FeeRate.FromSatPerKwu((long)Math.Ceiling(bitcoinPerKvb * 100_000_000m / 4m));

    private static ChainAnswer<T> Fault<T>(ChainFault cause, string detail) => new ChainAnswer<T>.Unavailable(cause, detail);
}
