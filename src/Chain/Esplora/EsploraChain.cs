using System.Globalization;
using System.Net;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>The chain through an esplora server.</summary>
/// <remarks>The server is trusted for what exists and what confirmed; ids of transactions are checked. Safe for any number of callers.</remarks>
public sealed class EsploraChain : IChain
{
    private const int PageOfBlocks = 10;
    private const int PageOfHistory = 25;
    private const int MostPages = 400;

    private readonly EsploraTransport _transport;
    private readonly EsploraOptions _options;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="http">Its own timeout must be longer than <see cref="EsploraOptions.CallTimeout"/>; its owner disposes it.</param>
    /// <param name="options">Validated.</param>
    /// <param name="time">Measures time limits and pauses.</param>
    public EsploraChain(HttpClient http, EsploraOptions options, TimeProvider time)
    {
        _options = options;
        _transport = new EsploraTransport(http, options, time);
    }

    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation)
        => _transport.RetryAsync(() => ReadTipAsync(cancellation), cancellation);

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        return _transport.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"block-height/{height}"),
            reply => reply.IsOk ? BlockHash.TryParseDisplay(reply.Text) ?? throw new EsploraFormatException("not a block hash") : (BlockHash?)null,
            cancellation);
    }

    // Not the route /tx/{txid}/status: it answers "not confirmed" for transactions that the server has never seen.
    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation)
        => _transport.GetAsync($"tx/{txid}", reply => EsploraJson.StatusOfTransaction(reply, txid), cancellation);

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation)
        => _transport.GetAsync($"tx/{txid}/raw", reply => ReadTransaction(reply, txid), cancellation);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation)
        => _transport.RetryAsync(() => ReadSpendingAsync(output, cancellation), cancellation);

    public async Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation)
    {
        var rates = await _transport.GetAsync("fee-estimates", EsploraJson.FeeEstimates, cancellation);
        return rates.Map(byTarget => new FeeEstimates(byTarget, _options.FallbackFeeRate));
    }

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
        => _transport.RetryAsync(() => ReadHistoryAsync(script, cancellation), cancellation);

    public async Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation)
    {
        var sent = await _transport.PostAsync("tx", transaction.ToHex(), "text/plain", cancellation);
        if (sent is ChainAnswer<HttpReply>.Unavailable fault)
        {
            return new BroadcastAnswer.Unclear(fault.Cause, fault.Detail);
        }

        _ = sent.TryGet(out var reply);
        if (reply!.IsOk)
        {
            return Txid.TryParseDisplay(reply.Text) == transaction.Txid
                ? new BroadcastAnswer.Accepted()
                : new BroadcastAnswer.Unclear(ChainFault.BadAnswer, "the server accepted it and answered with another txid");
        }

        return await JudgeAsync(reply, [reply.Text], [transaction], cancellation);
    }

    public async Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        if (transactions.Count is < 2 or > 25)
        {
            throw new ArgumentException($"a package has 2 to 25 transactions, not {transactions.Count}", nameof(transactions));
        }

        var body = JsonSerializer.Serialize(transactions.Select(transaction => transaction.ToHex()).ToArray(), ChainJson.Default.StringArray);
        var sent = await _transport.PostAsync("txs/package", body, "application/json", cancellation);
        if (sent is ChainAnswer<HttpReply>.Unavailable fault)
        {
            return new BroadcastAnswer.Unclear(fault.Cause, fault.Detail);
        }

        _ = sent.TryGet(out var reply);
        if (reply is null || IsMissing(reply))
        {
            return new BroadcastAnswer.Refused(BroadcastRefusal.NotSupported, "the server has no package submission");
        }

        try
        {
            var (message, errors) = reply.IsOk ? EsploraJson.Package(reply) : (reply.Text, []);
            return reply.IsOk && message == "success" && errors.Count == 0
                ? new BroadcastAnswer.Accepted()
                : await JudgeAsync(reply, [.. errors, message], transactions, cancellation);
        }
        catch (EsploraFormatException refusal)
        {
            return new BroadcastAnswer.Unclear(ChainFault.BadAnswer, refusal.Message);
        }
    }

    /// <summary>Asks with an empty package: whoever knows the call refuses its content, whoever does not has no such place.</summary>
    public async Task<ChainAnswer<bool>> OffersPackagesAsync(CancellationToken cancellation)
        => (await _transport.PostAsync("txs/package", "[]", "application/json", cancellation)) switch
        {
            ChainAnswer<HttpReply>.Known { Value: var reply } when IsMissing(reply) => ChainAnswer.Known(false),
            ChainAnswer<HttpReply>.Known { Value: var reply } when (int)reply.Status < 500 => ChainAnswer.Known(true),
            ChainAnswer<HttpReply>.Unavailable fault => new ChainAnswer<bool>.Unavailable(fault.Cause, fault.Detail),
            _ => new ChainAnswer<bool>.Unavailable(ChainFault.ServerError, "the server did not say whether it takes packages"),
        };

    private static bool IsMissing(HttpReply reply)
        => reply.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    private async Task<BroadcastAnswer> JudgeAsync(
        HttpReply reply, IReadOnlyList<string> texts, IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
        => (int)reply.Status >= 500 || reply.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            ? new BroadcastAnswer.Unclear(ChainFault.ServerError, EsploraTransport.Brief(reply))
            : await BroadcastVerdict.OfAsync(this, texts, transactions, EsploraTransport.Brief(reply), isVerdict: false, cancellation);

    private async Task<ChainAnswer<ChainTip>> ReadTipAsync(CancellationToken cancellation)
    {
        var newest = await _transport.GetOnceAsync("blocks", EsploraJson.Blocks, cancellation);
        if (!newest.TryGet(out var blocks) || blocks.Count == 0)
        {
            return newest.Fault is null ? Bad<ChainTip>("an empty list of blocks") : Fault<IReadOnlyList<BlockSummary>, ChainTip>(newest);
        }

        List<BlockSummary> chain = [.. blocks.Take(PageOfBlocks)];
        if (chain[^1].Height > 0)
        {
            var older = await _transport.GetOnceAsync(
                string.Create(CultureInfo.InvariantCulture, $"blocks/{chain[^1].Height - 1}"), EsploraJson.Blocks, cancellation);
            if (!older.TryGet(out var page))
            {
                return Fault<IReadOnlyList<BlockSummary>, ChainTip>(older);
            }

            chain.AddRange(page);
        }

        for (var i = 1; i < chain.Count; i++)
        {
            if (chain[i].Height != chain[i - 1].Height - 1 || chain[i - 1].Previous != chain[i].Id)
            {
                return Bad<ChainTip>("the blocks listed are not one chain; it may have changed between two requests");
            }
        }

        var times = chain.Take(MedianTimePast.Span).Select(block => block.Time).ToArray();
        return times.Length == MedianTimePast.Span || chain[^1].Height == 0
            ? ChainAnswer.Known(new ChainTip(
                chain[0].Height, chain[0].Id, DateTimeOffset.FromUnixTimeSeconds(chain[0].Time), MedianTimePast.Of(times)))
            : Bad<ChainTip>("too few blocks listed for the median time past");
    }

    private async Task<ChainAnswer<OutputSpending>> ReadSpendingAsync(OutPoint output, CancellationToken cancellation)
    {
        var route = string.Create(CultureInfo.InvariantCulture, $"tx/{output.Txid}/outspend/{output.Vout}");
        var asked = await _transport.GetOnceAsync(route, EsploraJson.Outspend, cancellation);
        if (!asked.TryGet(out var spend))
        {
            return asked.Fault is null
                ? ChainAnswer.Known<OutputSpending>(new OutputSpending.Unspent())
                : Fault<Outspend?, OutputSpending>(asked);
        }

        if (spend is null)
        {
            return ChainAnswer.Known<OutputSpending>(new OutputSpending.Unspent());
        }

        var read = await _transport.GetOnceAsync($"tx/{spend.Txid}/raw", reply => ReadTransaction(reply, spend.Txid), cancellation);
        if (read.Fault is not null)
        {
            return Fault<Transaction?, OutputSpending>(read);
        }

        _ = read.TryGet(out var spender);
        return spender is not null && spend.Vin < spender.Inputs.Length && spender.Inputs[spend.Vin].PreviousOutput == output
            ? ChainAnswer.Known<OutputSpending>(new OutputSpending.Spent(spender, spend.Vin, spend.Status))
            : Bad<OutputSpending>($"{route} names a spender that is gone or does not spend it");
    }

    private async Task<ChainAnswer<ScriptHistory>> ReadHistoryAsync(Script script, CancellationToken cancellation)
    {
        var hash = Hex.Encode(Hashes.Sha256(script.Bytes));
        var entries = new List<HistoryEntry>();
        var seen = new HashSet<Txid>();
        var route = $"scripthash/{hash}/txs";
        for (var pages = 0; pages < MostPages; pages++)
        {
            var asked = await _transport.GetOnceAsync(route, EsploraJson.History, cancellation);
            if (!asked.TryGet(out var page))
            {
                return Fault<IReadOnlyList<HistoryEntry>, ScriptHistory>(asked);
            }

            entries.AddRange(page.Where(entry => seen.Add(entry.Txid)));
            var confirmed = page.Where(entry => entry.Status is TransactionStatus.Confirmed).ToArray();
            if (confirmed.Length < PageOfHistory)
            {
                return ChainAnswer.Known(HistoryOf(script, entries));
            }

            route = $"scripthash/{hash}/txs/chain/{confirmed[^1].Txid}";
        }

        return new ChainAnswer<ScriptHistory>.Unavailable(ChainFault.TooLarge, $"more than {MostPages} pages of history");
    }

    private static ScriptHistory HistoryOf(Script script, List<HistoryEntry> entries)
    {
        var spenders = entries.SelectMany(entry => entry.Spends.Select(spent => (spent, entry)))
            .GroupBy(pair => pair.spent).ToDictionary(group => group.Key, group => group.First().entry);
        var outputs = new List<ScriptOutput>();
        foreach (var entry in entries)
        {
            for (var i = 0; i < entry.Outputs.Count; i++)
            {
                if (entry.Outputs[i].ScriptPubKey.Equals(script))
                {
                    var outpoint = new OutPoint(entry.Txid, (uint)i);
                    var spender = spenders.GetValueOrDefault(outpoint);
                    outputs.Add(new ScriptOutput(outpoint, entry.Outputs[i], entry.IsCoinbase, entry.Status, spender?.Txid, spender?.Status));
                }
            }
        }

        return new ScriptHistory(outputs);
    }

    private static Transaction? ReadTransaction(HttpReply reply, Txid expected)
    {
        if (!reply.IsOk)
        {
            return null;
        }

        return !Transaction.TryParse(reply.Body, out var transaction, out var error) ? throw new EsploraFormatException(error)
            : transaction.Txid == expected ? transaction : throw new EsploraFormatException("a transaction with another id");
    }

    private static ChainAnswer<T> Bad<T>(string detail) => new ChainAnswer<T>.Unavailable(ChainFault.BadAnswer, detail);

    private static ChainAnswer<TTo> Fault<TFrom, TTo>(ChainAnswer<TFrom> answer)
        => answer.Map<TTo>(_ => throw new InvalidOperationException("a fault has no value"));
}
