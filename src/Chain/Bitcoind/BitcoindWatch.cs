using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>The watch-only wallet in the node: it is told of scripts, and lists every transaction that pays to or spends from one of them.</summary>
/// <remarks>What it lists is only which transactions there are; where each of them stands is asked for anew every time.</remarks>
internal sealed class BitcoindWatch(BitcoindRpc rpc, BitcoindOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly BitcoindScripts _scripts = new(rpc, options, time);
    private readonly Dictionary<Txid, Transaction> _transactions = [];
    private string _since = "";
    private bool _isOpen;

    public void Dispose()
    {
        _scripts.Dispose();
        _gate.Dispose();
    }

    /// <summary>Every transaction known to the node that spends this output, confirmed or not, replaced ones too.</summary>
    /// <param name="script">The output's.</param>
    /// <param name="made">Where the transaction that made it stands: no spender is older.</param>
    public async Task<ChainAnswer<IReadOnlyList<Transaction>>> SpendersAsync(
        OutPoint output, Script script, TransactionStatus made, CancellationToken cancellation)
    {
        var since = made is TransactionStatus.Confirmed confirmed ? confirmed.BlockTimeUtc : (DateTimeOffset?)null;
        return await ReadAsync(script, since, transaction => transaction.Inputs.Any(input => input.PreviousOutput == output), cancellation);
    }

    /// <summary>Every transaction known to the node that pays to this script or spends from it.</summary>
    public Task<ChainAnswer<IReadOnlyList<Transaction>>> TransactionsOfAsync(Script script, CancellationToken cancellation)
        => ReadAsync(script, options.Birthday, transaction => transaction.Outputs.Any(output => output.ScriptPubKey.Equals(script)) || Spends(transaction, script), cancellation);

    /// <summary>Tells the wallet of many scripts in one look through the chain.</summary>
    /// <returns>Nothing, or what failed or goes on.</returns>
    public async Task<ChainAnswer<IReadOnlyList<Transaction>>> ExpectAsync(IEnumerable<Script> scripts, CancellationToken cancellation)
        => await WatchAsync(scripts, options.Birthday, cancellation) ?? ChainAnswer.Known<IReadOnlyList<Transaction>>([]);

    private async Task<ChainAnswer<IReadOnlyList<Transaction>>?> WatchAsync(IEnumerable<Script> scripts, DateTimeOffset? since, CancellationToken cancellation)
    {
        if (await GatedAsync(OpenAsync, cancellation) is { } closed)
        {
            return closed;
        }

        if (await _scripts.WatchAsync([.. scripts.Select(script => script.ToHex())], since, cancellation) is { } unwatched)
        {
            _isOpen &= unwatched.Reply?.Code != RpcReply.WalletNotFound;
            return unwatched.As();
        }

        return null;
    }

    private async Task<ChainAnswer<IReadOnlyList<Transaction>>> ReadAsync(
        Script script, DateTimeOffset? since, Func<Transaction, bool> chosen, CancellationToken cancellation)
    {
        if (await WatchAsync([script], since, cancellation) is { } unwatched)
        {
            return unwatched;
        }

        return await GatedAsync(
            async asking => await RefreshAsync(asking) ?? ChainAnswer.Known<IReadOnlyList<Transaction>>(
                [.. _transactions.Values.Where(chosen).OrderBy(transaction => transaction.Txid.ToString(), StringComparer.Ordinal)]),
            cancellation);
    }

    private async Task<T> GatedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await work(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool Spends(Transaction transaction, Script script) => transaction.Inputs.Any(input =>
        _transactions.TryGetValue(input.PreviousOutput.Txid, out var made) && input.PreviousOutput.Vout < made.Outputs.Length
        && made.Outputs[(int)input.PreviousOutput.Vout].ScriptPubKey.Equals(script));

    /// <summary>Loads or makes the wallet, and reads which scripts it watches already. Null where it is open.</summary>
    private async Task<ChainAnswer<IReadOnlyList<Transaction>>?> OpenAsync(CancellationToken cancellation)
    {
        if (_isOpen)
        {
            return null;
        }

        var loaded = await rpc.CallAsync("loadwallet", $$"""{"filename":"{{options.Wallet}}","load_on_startup":true}""", cancellation);
        if (loaded.TryGet(out var reply) && reply.Code == RpcReply.WalletNotFound)
        {
            loaded = await rpc.CallAsync(
                "createwallet",
                $$"""{"wallet_name":"{{options.Wallet}}","disable_private_keys":true,"blank":true,"descriptors":true,"load_on_startup":true}""",
                cancellation);
        }

        if (!loaded.TryGet(out reply) || (!reply.IsOk && reply.Code != RpcReply.WalletLoaded))
        {
            return Fault(loaded, "loadwallet");
        }

        var listed = await rpc.WalletAsync("listdescriptors", "[]", cancellation);
        if (!listed.TryGet(out var descriptors) || !descriptors.IsOk)
        {
            return Fault(listed, "listdescriptors");
        }

        _scripts.Reset(descriptors.Result.GetProperty("descriptors"));
        (_since, _isOpen) = ("", true);
        return null;
    }

    /// <summary>Reads the transactions that are new since the last time.</summary>
    private async Task<ChainAnswer<IReadOnlyList<Transaction>>?> RefreshAsync(CancellationToken cancellation)
    {
        // What a rescan found may be older than what was listed.
        _since = _scripts.TakeNews() ? "" : _since;
        var listed = await rpc.WalletAsync(
            "listsinceblock",
            $$"""{"blockhash":"{{_since}}","target_confirmations":6,"include_watchonly":true,"include_removed":false,"include_change":true}""",
            cancellation);
        if (!listed.TryGet(out var reply) || !reply.IsOk)
        {
            return Fault(listed, "listsinceblock");
        }

        var ids = reply.Result.GetProperty("transactions").EnumerateArray().Select(entry => entry.GetProperty("txid").GetString() ?? "").Distinct(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (Txid.TryParseDisplay(id) is not { } txid)
            {
                return new ChainAnswer<IReadOnlyList<Transaction>>.Unavailable(ChainFault.BadAnswer, "listsinceblock: not a transaction id");
            }

            if (!_transactions.ContainsKey(txid) && await LearnAsync(txid, cancellation) is { } fault)
            {
                return fault;
            }
        }

        // Six deep: what a reorganisation of fewer blocks brings is listed again.
        _since = reply.Result.GetProperty("lastblock").GetString() ?? "";
        return null;
    }

    private async Task<ChainAnswer<IReadOnlyList<Transaction>>?> LearnAsync(Txid txid, CancellationToken cancellation)
    {
        var asked = await rpc.WalletAsync("gettransaction", $"""["{txid}"]""", cancellation);
        if (!asked.TryGet(out var reply) || !reply.IsOk)
        {
            return Fault(asked, "gettransaction");
        }

        if (!Hex.TryDecode(reply.Result.GetProperty("hex").GetString(), out var bytes) || !Transaction.TryParse(bytes, out var transaction, out _)
            || transaction.Txid != txid)
        {
            return new ChainAnswer<IReadOnlyList<Transaction>>.Unavailable(ChainFault.BadAnswer, $"gettransaction: not the transaction {txid}");
        }

        _transactions[txid] = transaction;
        return null;
    }

    /// <summary>A fault, or an error of the wallet; one that is not loaded any more is opened again the next time.</summary>
    private ChainAnswer<IReadOnlyList<Transaction>> Fault(ChainAnswer<RpcReply> answer, string method)
    {
        if (answer is ChainAnswer<RpcReply>.Unavailable fault)
        {
            return new ChainAnswer<IReadOnlyList<Transaction>>.Unavailable(fault.Cause, fault.Detail);
        }

        _ = answer.TryGet(out var reply);
        _isOpen &= reply!.Code != RpcReply.WalletNotFound;
        return new ChainAnswer<IReadOnlyList<Transaction>>.Unavailable(ChainFault.ServerError, BitcoindRpc.Describe(method, reply));
    }
}
