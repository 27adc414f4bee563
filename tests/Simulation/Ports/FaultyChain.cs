using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulation;

/// <summary>The chain source as the service reaches it: every question and every broadcast may fail in every way.</summary>
internal sealed class FaultyChain(IChain inner, PortCalls calls) : IChain
{
    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation)
        => ReadAsync("GetTip", "", () => inner.GetTipAsync(CancellationToken.None), tip => $"{tip.Height}", cancellation);

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation)
        => ReadAsync("FindBlockHash", $"{height}", () => inner.FindBlockHashAsync(height, CancellationToken.None), Text, cancellation);

    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation)
        => ReadAsync("GetStatus", Short(txid), () => inner.GetStatusAsync(txid, CancellationToken.None), Status, cancellation);

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation)
        => ReadAsync("FindTransaction", Short(txid), () => inner.FindTransactionAsync(txid, CancellationToken.None), found => found is null ? "none" : "found", cancellation);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation)
        => ReadAsync(
            "GetSpending", $"{Short(output.Txid)}:{output.Vout}", () => inner.GetSpendingAsync(output, CancellationToken.None),
            spending => spending is OutputSpending.Spent spent ? $"by {Short(spent.By.Txid)}, {Status(spent.Status)}" : "unspent", cancellation);

    public Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation)
        => ReadAsync("GetFeeEstimates", "", () => inner.GetFeeEstimatesAsync(CancellationToken.None), fees => $"{fees.For(1)}", cancellation);

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
        => ReadAsync(
            "GetScriptHistory", script.ToHex()[..12], () => inner.GetScriptHistoryAsync(script, CancellationToken.None),
            history => $"{history.Outputs.Count} outputs", cancellation);

    public Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation)
        => SendAsync("Broadcast", Short(transaction.Txid), () => inner.BroadcastAsync(transaction, CancellationToken.None), cancellation);

    public Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
        => SendAsync(
            "BroadcastPackage", string.Join('+', transactions.Select(transaction => Short(transaction.Txid))),
            () => inner.BroadcastPackageAsync(transactions, CancellationToken.None), cancellation);

    public static string Short(Txid txid) => txid.ToString()[..8];

    private static string Status(TransactionStatus status) => status switch
    {
        TransactionStatus.Confirmed confirmed => $"in block {confirmed.Height}",
        TransactionStatus.InMempool => "waiting",
        _ => "unknown",
    };

    private static string Text<T>(T value) => value?.ToString() ?? "none";

    private Task<ChainAnswer<T>> ReadAsync<T>(
        string method, string about, Func<Task<ChainAnswer<T>>> act, Func<T, string> tell, CancellationToken cancellation)
        => calls.CallAsync(
            method, about, act,
            failure => failure switch
            {
                CallFailure.Cancelled => throw new OperationCanceledException(cancellation),
                CallFailure.TimedOut => new ChainAnswer<T>.Unavailable(ChainFault.TimedOut, "simulated"),
                _ => new ChainAnswer<T>.Unavailable(ChainFault.ConnectionLost, "simulated"),
            },
            answer => answer.TryGet(out var value) ? tell(value) : answer.Describe(), cancellation);

    private Task<BroadcastAnswer> SendAsync(string method, string about, Func<Task<BroadcastAnswer>> act, CancellationToken cancellation)
        => calls.CallAsync<BroadcastAnswer>(
            method, about, act,
            failure => new BroadcastAnswer.Unclear(
                failure == CallFailure.Cancelled ? ChainFault.Canceled : failure == CallFailure.TimedOut ? ChainFault.TimedOut : ChainFault.ConnectionLost, "simulated"),
            answer => answer.Describe(), cancellation);
}
