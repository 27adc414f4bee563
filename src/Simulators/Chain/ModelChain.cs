using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulators.Chain;

/// <summary>The port on the model itself, without a wire: for deterministic simulation. Every call completes at once.</summary>
public sealed class ModelChain(ChainModel model) : IChain
{
    /// <summary>While set, every read is unavailable for this cause and every broadcast unclear without effect.</summary>
    public ChainFault? Fault { get; set; }

    /// <summary>So many of the next broadcasts have their effect and an unclear answer.</summary>
    public int LostAnswers { get; set; }

    /// <summary>Used where the model has no estimates.</summary>
    public FeeRate FallbackFeeRate { get; init; } = FeeEstimates.LeastRate;

    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation) => Read(() =>
    {
        var tip = model.Tip;
        return new ChainTip(tip.Height, tip.Hash, DateTimeOffset.FromUnixTimeSeconds(tip.Time), tip.MedianTimePast);
    });

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        return Read(() => model.BlockAt(height)?.Hash);
    }

    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation) => Read(() => StatusOf(model.Find(txid)));

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation) => Read(() => model.Find(txid)?.Transaction);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation) => Read<OutputSpending>(() =>
        model.SpenderOf(output) is { } spender
            ? new OutputSpending.Spent(spender.By.Transaction, spender.Input, StatusOf(spender.By))
            : new OutputSpending.Unspent());

    public Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation) => Read(() => new FeeEstimates(
        model.FeeEstimates.Select(pair => KeyValuePair.Create(pair.Key, FeeRate.FromSatPerVbyteCeiling(pair.Value))), FallbackFeeRate));

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation) => Read(() =>
    {
        var outputs =
            from placed in model.HistoryOf(ChainState.ScriptHash(script))
            from index in Enumerable.Range(0, placed.Transaction.Outputs.Length)
            where placed.Transaction.Outputs[index].ScriptPubKey.Equals(script)
            select OutputOf(placed, (uint)index);
        return new ScriptHistory([.. outputs]);
    });

    public Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation) => Send(() =>
    {
        if (model.Find(transaction.Txid) is not null)
        {
            return new BroadcastAnswer.AlreadyKnown();
        }

        return model.Submit(transaction).Refused is { } refused ? Refuse(refused) : new BroadcastAnswer.Accepted();
    });

    public Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        if (transactions.Count is < 2 or > 25)
        {
            throw new ArgumentException($"a package has 2 to 25 transactions, not {transactions.Count}", nameof(transactions));
        }

        return Send(() =>
        {
            var members = model.SubmitPackage(transactions);
            if (members.All(member => member.Refused is null))
            {
                return new BroadcastAnswer.Accepted();
            }

            return transactions.All(transaction => model.Find(transaction.Txid) is not null)
                ? new BroadcastAnswer.AlreadyKnown()
                : members.Select(member => member.Refused).OfType<Rejection>().Select(Refuse).OrderBy(refused => Weight(refused.Reason)).First();
        });
    }

    /// <summary>What a parent alone would be refused for says least.</summary>
    private static int Weight(BroadcastRefusal reason) => reason switch
    {
        BroadcastRefusal.MissingInputs => 2,
        BroadcastRefusal.FeeTooLow => 1,
        _ => 0,
    };

    private static BroadcastAnswer.Refused Refuse(Rejection refused) => new(refused.Message switch
    {
        "bad-txns-inputs-missingorspent" => BroadcastRefusal.MissingInputs,
        "non-final" or "non-BIP68-final" => BroadcastRefusal.NonFinal,
        "bad-txns-in-belowout" => BroadcastRefusal.OutputsExceedInputs,
        "dust" => BroadcastRefusal.Dust,
        var text when text.StartsWith("missing-ephemeral-spends", StringComparison.Ordinal) => BroadcastRefusal.Dust,
        var text when text.StartsWith("min relay fee", StringComparison.Ordinal) => BroadcastRefusal.FeeTooLow,
        var text when text.StartsWith("mempool min fee", StringComparison.Ordinal) => BroadcastRefusal.FeeTooLow,
        var text when text.StartsWith("insufficient fee", StringComparison.Ordinal) => BroadcastRefusal.Conflict,
        "too many potential replacements" or "replacement-adds-unconfirmed" => BroadcastRefusal.Conflict,
        var text when text.StartsWith("mandatory-script", StringComparison.Ordinal) => BroadcastRefusal.InvalidScript,
        _ => BroadcastRefusal.Other,
    }, refused.Message);

    private static TransactionStatus StatusOf(Placed? placed) => placed switch
    {
        null => new TransactionStatus.Unknown(),
        { Block: { } block } => new TransactionStatus.Confirmed(block.Height, block.Hash, DateTimeOffset.FromUnixTimeSeconds(block.Time)),
        _ => new TransactionStatus.InMempool(),
    };

    private ScriptOutput OutputOf(Placed placed, uint index)
    {
        var outpoint = placed.Transaction.OutPoint(index);
        var spender = model.SpenderOf(outpoint);
        return new ScriptOutput(
            outpoint,
            placed.Transaction.Outputs[(int)index],
            placed.Transaction.Inputs[0].PreviousOutput.Txid == default,
            StatusOf(placed),
            spender?.By.Transaction.Txid,
            spender is { } found ? StatusOf(found.By) : null);
    }

    private Task<ChainAnswer<T>> Read<T>(Func<T> read)
        => Task.FromResult(Fault is { } fault ? new ChainAnswer<T>.Unavailable(fault, "scripted") : ChainAnswer.Known(read()));

    private Task<BroadcastAnswer> Send(Func<BroadcastAnswer> send)
    {
        if (Fault is { } fault)
        {
            return Task.FromResult<BroadcastAnswer>(new BroadcastAnswer.Unclear(fault, "scripted"));
        }

        var answer = send();
        if (LostAnswers > 0)
        {
            LostAnswers--;
            answer = new BroadcastAnswer.Unclear(ChainFault.ConnectionLost, "scripted");
        }

        return Task.FromResult(answer);
    }
}
