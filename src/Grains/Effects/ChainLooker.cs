using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Reads what the chain shows of a competition's outputs: funding, its spender, the split, the shares (D41).</summary>
public sealed class ChainLooker(IChain chain, IArtefacts artefacts, ContractLibrary library, FeeLooker fees)
{
    /// <summary>The attestation that a confirmed outcome transaction reveals, whoever sent it; null where it is known or cannot be read off.</summary>
    public async Task<AttestationSeen?> RevealAsync(CompetitionState state, ChainView view, DateTimeOffset now, CancellationToken cancellation)
    {
        if (state is not LiveState { Live: { Attestation: null } live } || view.Outcome is not { Kind: OutcomeSpendKind.Attested, Height: not null } spend
            || !(await chain.FindTransactionAsync(spend.Txid, cancellation)).TryGet(out var transaction) || transaction is null)
        {
            return null;
        }

        var signed = new SignedContract(await library.GetAsync(live.Contract), ContractSignatures.Parse(await artefacts.GetAsync(live.Signed)));
        using var scalar = signed.Recognise(transaction)?.Attestation;
        return scalar is null ? null : new AttestationSeen(spend.Outcome, Hex.Encode(scalar.ToBytes()), now);
    }

    /// <summary>The view as of one tip, or null where any part of it cannot be had: half a view is never believed.</summary>
    public async Task<ChainView?> LookAsync(CompetitionState state, CancellationToken cancellation)
    {
        if (!(await chain.GetTipAsync(cancellation)).TryGet(out var tip))
        {
            return null;
        }

        var empty = ChainView.Empty with { Tip = tip.Height, MedianTimePast = tip.MedianTimePast.UnixSeconds };
        return state is LiveState live ? await LookAsync(empty, live, cancellation) is { } view ? view with { Fees = await fees.LookAsync(live, view, cancellation) } : null
            : Contracted.Of(state) is { } contracted ? await FundingAsync(empty, contracted.Contract, cancellation)
            : empty;
    }

    /// <summary>Before funding: whether the transaction is out all the same. Only books that are older than the chain can see that (D43).</summary>
    private async Task<ChainView?> FundingAsync(ChainView view, ContractRef contract, CancellationToken cancellation)
        => (await chain.GetStatusAsync(contract.FundingTxid, cancellation)).TryGet(out var status)
            ? view with { FundingSeen = status is not TransactionStatus.Unknown, FundingHeight = status.ConfirmedHeight }
            : null;

    private async Task<ChainView?> LookAsync(ChainView view, LiveState state, CancellationToken cancellation)
    {
        var contract = state.Live.Contract;
        if (!(await chain.GetStatusAsync(contract.FundingTxid, cancellation)).TryGet(out var status))
        {
            return null;
        }

        view = view with { FundingSeen = status is not TransactionStatus.Unknown, FundingHeight = status.ConfirmedHeight };
        if (status is TransactionStatus.Unknown)
        {
            return await ConflictAsync(view, state, cancellation);
        }

        if (!(await chain.GetSpendingAsync(contract.FundingOutpoint, cancellation)).TryGet(out var spending))
        {
            return null;
        }

        if (spending is not OutputSpending.Spent spent)
        {
            return view;
        }

        var dlc = await library.GetAsync(contract);
        view = view with { Outcome = Classify(dlc, spent) };
        return view.Outcome!.Kind == OutcomeSpendKind.Foreign ? view : await SplitAsync(view, state, dlc, cancellation);
    }

    /// <summary>A coin of the funding transaction that another, deep enough transaction has spent.</summary>
    private async Task<ChainView?> ConflictAsync(ChainView view, LiveState state, CancellationToken cancellation)
    {
        foreach (var coin in state.Live.Contract.Coins)
        {
            if (!(await chain.GetSpendingAsync(coin, cancellation)).TryGet(out var spending))
            {
                return null;
            }

            if (spending is OutputSpending.Spent spent && spent.By.Txid != state.Live.Contract.FundingTxid
                && spent.Status.ConfirmationsAt(view.Tip) >= Math.Max(state.Header.Terms.SettlementDepth, ConflictDepth(state.Header.Terms.Network)))
            {
                return view with { FundingConflict = spent.By.Txid };
            }
        }

        return view;
    }

    private static int ConflictDepth(Network network) => network == Network.Regtest ? 1 : 6;

    private static OutcomeSpend Classify(TicketedDlc dlc, OutputSpending.Spent spent)
    {
        var txid = spent.By.Txid;
        foreach (var payout in dlc.Outcomes)
        {
            if (dlc.OutcomeTxid(payout.Outcome) == txid)
            {
                return payout.Outcome.IsExpiry
                    ? new OutcomeSpend(OutcomeSpendKind.Expiry, -1, txid, spent.Status.ConfirmedHeight)
                    : new OutcomeSpend(OutcomeSpendKind.Attested, payout.Outcome.AttestationIndex, txid, spent.Status.ConfirmedHeight);
            }
        }

        return new OutcomeSpend(OutcomeSpendKind.Foreign, -1, txid, spent.Status.ConfirmedHeight);
    }

    private async Task<ChainView?> SplitAsync(ChainView view, LiveState state, TicketedDlc dlc, CancellationToken cancellation)
    {
        if (!(await chain.GetSpendingAsync(new OutPoint(view.Outcome!.Txid, 0), cancellation)).TryGet(out var spending))
        {
            return null;
        }

        if (spending is not OutputSpending.Spent spent)
        {
            return view;
        }

        var outcome = SettlementEffects.Of(view.Outcome.Outcome);
        var txid = spent.By.Txid;
        var witness = spent.By.Inputs[spent.InputIndex].Witness;
        var kind = txid == dlc.SplitTxid(outcome) ? SplitSpendKind.Split
            : witness.Length == 1 ? SplitSpendKind.Close
            : witness.Length == 3 && Revealed(witness).Equals(dlc.OutcomeOutput(outcome).ReclaimLeaf.Script) ? SplitSpendKind.Reclaim
            : SplitSpendKind.Foreign;
        view = view with { Split = new SplitSpend(kind, txid, spent.Status.ConfirmedHeight) };
        return kind == SplitSpendKind.Split ? await SharesAsync(view, state, dlc, outcome, cancellation) : view;
    }

    private async Task<ChainView?> SharesAsync(
        ChainView view, LiveState state, TicketedDlc dlc, Outcome outcome, CancellationToken cancellation)
    {
        var shares = ImmutableArray.CreateBuilder<ShareSpend>();
        foreach (var winner in state.Live.Contract.Winners(state.Header.Terms, view.Outcome!.Outcome).Order())
        {
            var index = dlc.SplitOutputIndex(new WinCondition(outcome, winner));
            if (!(await chain.GetSpendingAsync(new OutPoint(view.Split!.Txid, (uint)index), cancellation)).TryGet(out var spending))
            {
                return null;
            }

            if (spending is OutputSpending.Spent spent)
            {
                var kind = Classify(dlc.SplitOutput(winner), spent.By.Inputs[spent.InputIndex].Witness);
                shares.Add(new ShareSpend(winner, kind, spent.By.Txid, spent.Status.ConfirmedHeight));
            }
        }

        return view with { Shares = shares.ToImmutable() };
    }

    private static ShareSpendKind Classify(SplitOutput output, ImmutableArray<byte[]> witness)
        => witness.Length == 1 ? ShareSpendKind.Close
            : witness.Length < 3 ? ShareSpendKind.Foreign
            : Revealed(witness).Equals(output.WinLeaf.Script) ? ShareSpendKind.Win
            : Revealed(witness).Equals(output.SellbackLeaf.Script) ? ShareSpendKind.SellBack
            : Revealed(witness).Equals(output.ReclaimLeaf.Script) ? ShareSpendKind.Reclaim
            : ShareSpendKind.Foreign;

    private static Script Revealed(ImmutableArray<byte[]> witness) => new(witness[^2]);
}
