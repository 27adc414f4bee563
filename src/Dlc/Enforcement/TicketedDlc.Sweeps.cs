using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

public sealed partial class TicketedDlc
{
    /// <summary>The funding output by everybody's keys.</summary>
    public Sweep FundingClose() => Sweep.Close(SweepKind.FundingClose, FundingOutpoint, FundingOutput, TxIn.SequenceFinal, FundingKey);

    /// <summary>
    /// The outcome's output by the market maker alone, 2Δ after the outcome transaction. Never where a winner holds a ticket.
    /// </summary>
    public Sweep OutcomeReclaim(Outcome outcome)
    {
        var output = OutcomeOutput(outcome);
        return Sweep.ByLeaf(
            SweepKind.OutcomeReclaim, new OutPoint(OutcomeTxid(outcome), 0), Prevout(output), Parameters.ReclaimBlockDelay,
            Parameters.MarketMaker.PublicKey, output.Taproot, output.ReclaimLeaf);
    }

    /// <summary>The outcome's output by the keys of the market maker and all its winners: the cooperative close.</summary>
    public Sweep OutcomeClose(Outcome outcome)
    {
        var output = OutcomeOutput(outcome);
        return Sweep.Close(
            SweepKind.OutcomeClose, new OutPoint(OutcomeTxid(outcome), 0), Prevout(output), 0,
            output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
    }

    /// <summary>The winner's split output by its winner with the ticket preimage, Δ after the split.</summary>
    public Sweep SplitWin(WinCondition win)
    {
        var (outPoint, prevout, output) = Split(win);
        var player = Parameters.Players[win.PlayerIndex];
        return Sweep.ByLeaf(
            SweepKind.SplitWin, outPoint, prevout, Parameters.RelativeLocktimeBlockDelta, player.PublicKey, output.Taproot, output.WinLeaf,
            player.TicketHash);
    }

    /// <summary>The winner's split output by the market maker alone, 2Δ after the split.</summary>
    public Sweep SplitReclaim(WinCondition win)
    {
        var (outPoint, prevout, output) = Split(win);
        return Sweep.ByLeaf(
            SweepKind.SplitReclaim, outPoint, prevout, Parameters.ReclaimBlockDelay, Parameters.MarketMaker.PublicKey, output.Taproot,
            output.ReclaimLeaf);
    }

    /// <summary>The winner's split output by the market maker with the payout preimage, at once.</summary>
    public Sweep SplitSellback(WinCondition win)
    {
        var (outPoint, prevout, output) = Split(win);
        return Sweep.ByLeaf(
            SweepKind.SplitSellback, outPoint, prevout, 0, Parameters.MarketMaker.PublicKey, output.Taproot, output.SellbackLeaf,
            Parameters.Players[win.PlayerIndex].PayoutHash);
    }

    /// <summary>The winner's split output by the keys of market maker and winner, at once.</summary>
    public Sweep SplitClose(WinCondition win)
    {
        var (outPoint, prevout, output) = Split(win);
        return Sweep.Close(
            SweepKind.SplitClose, outPoint, prevout, 0, output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
    }

    private TxOut Prevout(OutcomeOutput output) => new(Amounts.OutcomeValue, output.Taproot.ScriptPubKey);

    private (OutPoint OutPoint, TxOut Prevout, SplitOutput Output) Split(WinCondition win)
    {
        var output = SplitOutput(win.PlayerIndex);
        return (
            new OutPoint(SplitTxid(win.Outcome), (uint)SplitOutputIndex(win)),
            new TxOut(PayoutOf(win), output.Taproot.ScriptPubKey),
            output);
    }
}
