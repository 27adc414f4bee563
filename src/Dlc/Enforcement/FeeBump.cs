using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>A coin of the one who bumps a fee.</summary>
/// <param name="OutPoint">The coin.</param>
/// <param name="Value">Its amount.</param>
/// <param name="InputWeight">Its signed input without outpoint and sequence: empty scriptSig and witness (see <see cref="TaprootKeyInput"/>).</param>
public readonly record struct FeeBumpCoin(OutPoint OutPoint, Satoshis Value, int InputWeight)
{
    /// <summary>The input weight of a taproot coin spent by key path.</summary>
    public static int TaprootKeyInput { get; } = ContractWeights.Input(64);

    /// <summary>The largest input weight of a P2WPKH coin.</summary>
    public static int WitnessPubkeyHashInput { get; } = ContractWeights.Input(72, 33);
}

/// <summary>Why a fee cannot be bumped, by dlctix's names, in the order in which they are checked.</summary>
public enum FeeBumpRefusal
{
    /// <summary>The parent is no outcome, expiry or split transaction of this contract.</summary>
    InvalidInput,

    /// <summary>The parent has no fee anchor.</summary>
    MissingAnchor,

    /// <summary>The fee does not fit.</summary>
    WeightOverflow,

    /// <summary>The coins' sum does not fit.</summary>
    InvalidFeeAmount,

    /// <summary>The fee is not below anchor and coins together.</summary>
    InsufficientFunds,

    /// <summary>The change is below its script's dust limit.</summary>
    DustAmount,
}

/// <summary>
/// A child that pays for its parent: input 0 spends the parent's anchor with an empty witness, then come the coins; one output of change.
/// Replaceable. The bumper signs the coins' inputs; nothing else is needed.
/// </summary>
/// <param name="Transaction">Unsigned.</param>
/// <param name="Fee">The child's own fee.</param>
/// <param name="Weight">The predicted weight once signed.</param>
/// <param name="Anchor">The anchor output that is spent.</param>
public sealed record FeeBumpChild(Transaction Transaction, Satoshis Fee, Weight Weight, TxOut Anchor);

/// <summary>Builds fee-bump children (CPFP) of a contract's transactions.</summary>
public static class FeeBump
{
    private const long AnchorInputWeight = 4 * 41;

    /// <summary>
    /// The fee of an outcome, expiry or split transaction of this contract; null for any other transaction.
    /// </summary>
    public static Satoshis? FeeOf(TicketedDlc dlc, Transaction parent)
    {
        if (parent.Inputs is not [var input])
        {
            return null;
        }

        Satoshis? value = input.PreviousOutput == dlc.FundingOutpoint
            ? dlc.FundingOutput.Value
            : dlc.FindOutcomeOf(input.PreviousOutput) is null ? null : dlc.Amounts.OutcomeValue;
        var spent = parent.Outputs.Sum(output => output.Value.Value);
        return value is { } available && spent <= available.Value ? Satoshis.Of(available.Value - spent) : null;
    }

    /// <summary>The child that lifts parent and itself together to a rate, virtual sizes rounded up separately.</summary>
    /// <param name="dlc">The contract.</param>
    /// <param name="parent">Fully signed: its weight counts. A split only after its own delay has passed.</param>
    /// <param name="packageRate">The rate of both together; the child never pays less than this rate for itself.</param>
    /// <param name="coins">The bumper's coins, spent in this order.</param>
    /// <param name="change">Where the rest goes.</param>
    /// <param name="child">The child.</param>
    /// <param name="refusal">Why there is none.</param>
    public static bool TryBuild(
        TicketedDlc dlc,
        Transaction parent,
        FeeRate packageRate,
        IReadOnlyList<FeeBumpCoin> coins,
        Script change,
        [NotNullWhen(true)] out FeeBumpChild? child,
        [NotNullWhen(false)] out FeeBumpRefusal? refusal)
    {
        child = null;
        if (FeeOf(dlc, parent) is not { } parentFee)
        {
            refusal = FeeBumpRefusal.InvalidInput;
            return false;
        }

        var vout = LastAnchor(parent);
        if (vout < 0)
        {
            refusal = FeeBumpRefusal.MissingAnchor;
            return false;
        }

        var anchor = parent.Outputs[vout];
        var weight = WeightOf(coins, change);
        refusal = Change(anchor, parent.Weight, weight, parentFee, packageRate, coins, change, out var fee, out var rest);
        if (refusal is not null)
        {
            return false;
        }

        var inputs = coins.Select(coin => coin.OutPoint).Prepend(parent.OutPoint((uint)vout)).Select(outPoint => new TxIn(outPoint, TxIn.SequenceReplaceable));
        child = new FeeBumpChild(new Transaction(ContractTransactions.Version, inputs, [new TxOut(rest, change)], 0), fee, weight, anchor);
        return true;
    }

    private static FeeBumpRefusal? Change(
        TxOut anchor, Weight parent, Weight child, Satoshis parentFee, FeeRate rate, IReadOnlyList<FeeBumpCoin> coins, Script change,
        out Satoshis fee, out Satoshis rest)
    {
        (fee, rest) = (Satoshis.Zero, Satoshis.Zero);
        var package = FeeOfVirtual(rate, parent.VirtualBytes + child.VirtualBytes);
        var alone = FeeOfVirtual(rate, child.VirtualBytes);
        var owed = Int128.Max(package - parentFee.Value, alone);
        if (owed > Satoshis.MaxValue)
        {
            return FeeBumpRefusal.WeightOverflow;
        }

        Int128 available = anchor.Value.Value;
        foreach (var coin in coins)
        {
            available += coin.Value.Value;
        }

        if (available > Satoshis.MaxValue)
        {
            return FeeBumpRefusal.InvalidFeeAmount;
        }

        if (owed >= available)
        {
            return FeeBumpRefusal.InsufficientFunds;
        }

        (fee, rest) = (Satoshis.Of((long)owed), Satoshis.Of((long)(available - owed)));
        return Dust.IsBelow(rest, change) ? FeeBumpRefusal.DustAmount : null;
    }

    private static Int128 FeeOfVirtual(FeeRate rate, long virtualBytes) => (((Int128)rate.SatPerKwu * 4 * virtualBytes) + 999) / 1_000;

    private static int LastAnchor(Transaction parent)
    {
        for (var i = parent.Outputs.Length - 1; i >= 0; i--)
        {
            if (parent.Outputs[i].ScriptPubKey.Equals(Script.PayToAnchor))
            {
                return i;
            }
        }

        return -1;
    }

    private static Weight WeightOf(IReadOnlyList<FeeBumpCoin> coins, Script change)
    {
        var bytes = 4 + ContractWeights.CompactSize(coins.Count + 1) + 1 + 8 + ContractWeights.CompactSize(change.Length) + change.Length + 4;
        var witness = coins.Count > 0 ? 1 + 2 : 0;
        return Weight.Of((4L * bytes) + AnchorInputWeight + witness + coins.Sum(coin => (4L * 40) + coin.InputWeight));
    }
}
