using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>What is sent.</summary>
public sealed partial class BitcoindChain
{
    public async Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation)
    {
        if (await UnfitAsync(cancellation) is { } unfit)
        {
            return unfit;
        }

        // No limit of the node's own on the fee: what is sent was checked against the caller's.
        var sent = await _rpc.CallAsync("sendrawtransaction", $"""["{transaction.ToHex()}", 0]""", cancellation);
        return sent is ChainAnswer<RpcReply>.Unavailable fault ? new BroadcastAnswer.Unclear(fault.Cause, fault.Detail)
            : sent.TryGet(out var reply) && reply.IsOk ? new BroadcastAnswer.Accepted()
            : await JudgeAsync([reply!.Message], [transaction], BitcoindRpc.Describe("sendrawtransaction", reply), cancellation);
    }

    public async Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        if (transactions.Count is < 2 or > 25)
        {
            throw new ArgumentException($"a package has 2 to 25 transactions, not {transactions.Count}", nameof(transactions));
        }

        if (await UnfitAsync(cancellation) is { } unfit)
        {
            return unfit;
        }

        var body = JsonSerializer.Serialize(transactions.Select(transaction => transaction.ToHex()).ToArray(), ChainJson.Default.StringArray);
        var sent = await _rpc.CallAsync("submitpackage", $"[{body}, 0]", cancellation);
        if (sent is ChainAnswer<RpcReply>.Unavailable fault)
        {
            return new BroadcastAnswer.Unclear(fault.Cause, fault.Detail);
        }

        return sent.TryGet(out var reply) ? await PackageVerdictAsync(reply, transactions, cancellation)
            : throw new InvalidOperationException("a chain answer has two cases");
    }

    private async Task<BroadcastAnswer> PackageVerdictAsync(RpcReply reply, IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        if (!reply.IsOk)
        {
            return reply.Code == -32601
                ? new BroadcastAnswer.Refused(BroadcastRefusal.NotSupported, "the node has no package submission: version 26 or later is needed")
                : await JudgeAsync([reply.Message], transactions, BitcoindRpc.Describe("submitpackage", reply), cancellation);
        }

        var message = reply.Result.GetProperty("package_msg").GetString() ?? "";
        if (message == "success")
        {
            return new BroadcastAnswer.Accepted();
        }

        List<string> errors =
        [
            .. reply.Result.GetProperty("tx-results").EnumerateObject()
                .Select(member => member.Value.TryGetProperty("error", out var error) ? error.GetString() ?? "" : "").Where(error => error.Length > 0),
        ];
        // This one only says that a member failed, and why is said there.
        errors.AddRange(errors.Count > 0 && message == "transaction failed" ? [] : [message]);
        return await JudgeAsync(errors, transactions, $"submitpackage: {string.Join("; ", errors)}", cancellation);
    }

    private Task<BroadcastAnswer> JudgeAsync(
        IReadOnlyList<string> texts, IReadOnlyList<Transaction> transactions, string detail, CancellationToken cancellation)
        => BroadcastVerdict.OfAsync(this, texts, transactions, detail, isVerdict: true, cancellation);

    /// <summary>Nothing is sent to a node that is not fit. Null where it is.</summary>
    private async Task<BroadcastAnswer?> UnfitAsync(CancellationToken cancellation)
    {
        try
        {
            return await _rpc.RetryAsync(
                async () => await _fitness.ComplaintAsync(cancellation) ?? ChainAnswer.Known(default(JsonElement)), cancellation)
                is ChainAnswer<JsonElement>.Unavailable fault ? new BroadcastAnswer.Unclear(fault.Cause, fault.Detail) : null;
        }
        catch (OperationCanceledException)
        {
            return new BroadcastAnswer.Unclear(ChainFault.Canceled, "the caller gave up");
        }
    }
}
