using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Reads what the competition's waiting transactions pay, and what hangs on them, whoever sent it.</summary>
public sealed class FeeLooker(IChain chain)
{
    private const int MostInputs = 100;

    /// <summary>The fees as of now, or null where nothing has to be known, or something of it cannot be had.</summary>
    public async Task<FeeView?> LookAsync(LiveState state, ChainView view, CancellationToken cancellation)
    {
        if (!BumpRules.NeedsFees(state.Header, state.Live, view)
            || !(await chain.GetFeeEstimatesAsync(cancellation)).TryGet(out var estimates))
        {
            return null;
        }

        var waiting = ImmutableArray.CreateBuilder<WaitingFee>();
        foreach (var (target, winner, txid) in Unconfirmed(state, view))
        {
            if (await LookAsync(state, target, winner, txid, cancellation) is not { } seen)
            {
                return null;
            }

            waiting.Add(seen);
        }

        return new FeeView(estimates.For(1), waiting.ToImmutable());
    }

    /// <summary>The output on which a child is hung: the anchor, which comes last; of the funding its change, which comes last too.</summary>
    public static int HandleOf(Transaction transaction) => transaction.Outputs.Length - 1;

    private static IEnumerable<(BumpTarget Target, int Winner, Txid Txid)> Unconfirmed(LiveState state, ChainView view)
    {
        if (view is { FundingSeen: true, FundingHeight: null })
        {
            yield return (BumpTarget.Funding, -1, state.Live.Contract.FundingTxid);
        }

        if (view.Outcome is { Height: null, Kind: not OutcomeSpendKind.Foreign } outcome)
        {
            yield return (BumpTarget.Outcome, -1, outcome.Txid);
        }

        if (view.Split is { Height: null, Kind: not SplitSpendKind.Foreign } split)
        {
            yield return (BumpTarget.Split, -1, split.Txid);
        }

        foreach (var share in view.Shares.Where(share => share is { Height: null, Kind: not ShareSpendKind.Foreign }))
        {
            yield return (BumpTarget.Share, share.Winner, share.Txid);
        }
    }

    private async Task<WaitingFee?> LookAsync(LiveState state, BumpTarget target, int winner, Txid txid, CancellationToken cancellation)
    {
        if (!(await chain.FindTransactionAsync(txid, cancellation)).TryGet(out var transaction) || transaction is null)
        {
            return null;
        }

        var fee = target == BumpTarget.Funding ? state.Live.Contract.FundingFee.Value : await FeeOfAsync(transaction, cancellation);
        if (fee is not { } paid)
        {
            return null;
        }

        var alone = new WaitingFee(target, winner, txid, Satoshis.Of(paid), transaction.Weight.VirtualBytes, null);
        if (!HasHandle(state, target, transaction))
        {
            return alone;
        }

        if (!(await chain.GetSpendingAsync(transaction.OutPoint((uint)HandleOf(transaction)), cancellation)).TryGet(out var spending))
        {
            return null;
        }

        return spending is not OutputSpending.Spent spent ? alone
            : await FeeOfAsync(spent.By, cancellation) is { } child
                ? alone with { Child = new ChildFee(spent.By.Txid, Satoshis.Of(child), spent.By.Weight.VirtualBytes) }
                : null;
    }

    private static bool HasHandle(LiveState state, BumpTarget target, Transaction transaction) => target switch
    {
        BumpTarget.Funding => HandleOf(transaction) != state.Live.Contract.FundingOutpoint.Vout,
        _ => transaction.Outputs[^1].ScriptPubKey.Equals(Script.PayToAnchor),
    };

    private async Task<long?> FeeOfAsync(Transaction transaction, CancellationToken cancellation)
    {
        long put = 0;
        foreach (var spent in transaction.Inputs.Select(input => input.PreviousOutput).Take(MostInputs))
        {
            if (!(await chain.FindTransactionAsync(spent.Txid, cancellation)).TryGet(out var parent) || parent is null || spent.Vout >= parent.Outputs.Length)
            {
                return null;
            }

            put += parent.Outputs[(int)spent.Vout].Value.Value;
        }

        // Of a giant only the first inputs are counted: whoever needs the exact number tries, and is told.
        return Math.Max(0, put - transaction.OutputValue.Value);
    }
}
