using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>
/// Whether a transaction may be in the next block: shape, amounts, lock times and scripts, under consensus and script policy. Segwit
/// inputs only. Pure: the same question has the same answer; any thread may ask.
/// </summary>
public static class TransactionVerifier
{
    private const uint LockTimeThreshold = 500_000_000;
    private const uint SequenceDisabled = 0x8000_0000;
    private const uint SequenceIsTime = 0x0040_0000;
    private const uint SequenceMask = 0xffff;
    private const int CoinbaseMaturity = 100;

    /// <summary>Checks everything, in the order in which nodes do.</summary>
    /// <param name="transaction">The transaction with its witnesses.</param>
    /// <param name="spent">The outputs spent, in input order.</param>
    /// <param name="next">The block it would be in.</param>
    /// <returns>Null where it may be mined, else the first rule it breaks.</returns>
    public static TransactionRefusal? Verify(Transaction transaction, IReadOnlyList<SpentOutput> spent, NextBlock next)
        => VerifyWithoutScripts(transaction, spent, next) ?? VerifyScripts(transaction, [.. spent.Select(item => item.Output)]);

    /// <summary>Checks all that costs little: shape, lock times, ages and amounts, in this order; no witness.</summary>
    /// <returns>Null where they hold, else the first rule broken.</returns>
    public static TransactionRefusal? VerifyWithoutScripts(Transaction transaction, IReadOnlyList<SpentOutput> spent, NextBlock next)
        => CheckShape(transaction)
            ?? CheckCount(transaction, spent.Count)
            ?? CheckLockTime(transaction, next)
            ?? CheckRelativeLockTimes(transaction, spent, next)
            ?? CheckMaturity(spent, next)
            ?? CheckAmounts(transaction, [.. spent.Select(item => item.Output)]);

    /// <summary>Checks shape, amounts and scripts, but neither ages nor lock times against a chain.</summary>
    /// <returns>Null where they hold, else the first rule broken.</returns>
    public static TransactionRefusal? VerifyWithoutChain(Transaction transaction, IReadOnlyList<TxOut> prevouts)
        => CheckShape(transaction) ?? CheckAmounts(transaction, prevouts) ?? VerifyScripts(transaction, prevouts);

    /// <summary>Checks the witness of every input.</summary>
    /// <returns>Null where all may spend, else the first that may not.</returns>
    public static TransactionRefusal? VerifyScripts(Transaction transaction, IReadOnlyList<TxOut> prevouts)
    {
        if (CheckCount(transaction, prevouts.Count) is { } refusal)
        {
            return refusal;
        }

        var cache = new SighashCache(transaction, prevouts);
        for (var input = 0; input < transaction.Inputs.Length; input++)
        {
            if (VerifyInput(cache, input) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>Checks the witness of one input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public static TransactionRefusal? VerifyInput(SighashCache cache, int input)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, cache.Transaction.Inputs.Length);
        try
        {
            InputVerifier.Verify(cache, input);
            return null;
        }
        catch (ScriptRefusal refusal)
        {
            return new TransactionRefusal(TransactionError.Script, input, refusal.Error, refusal.Message);
        }
    }

    /// <summary>The fee: what the inputs are worth above the outputs.</summary>
    public static bool TryGetFee(Transaction transaction, IEnumerable<TxOut> prevouts, [NotNullWhen(true)] out Satoshis? fee)
    {
        var (given, taken) = (Sum(prevouts), Sum(transaction.Outputs));
        fee = given is { } input && taken is { } output && input >= output ? input - output : null;
        return fee is not null;
    }

    /// <summary>True where the lock time lets the transaction into the next block (BIP-113).</summary>
    public static bool IsFinal(Transaction transaction, NextBlock next)
    {
        var reached = transaction.LockTime < LockTimeThreshold ? next.Height : next.MedianTimePast;
        return transaction.LockTime == 0 || transaction.LockTime < reached
            || transaction.Inputs.All(input => input.Sequence == TxIn.SequenceFinal);
    }

    /// <summary>Checks what can be checked without knowing anything else.</summary>
    public static TransactionRefusal? CheckShape(Transaction transaction)
    {
        if (transaction.Inputs.Length == 0)
        {
            return Refuse(TransactionError.NoInputs, "the transaction has no input");
        }

        if (transaction.Outputs.Length == 0)
        {
            return Refuse(TransactionError.NoOutputs, "the transaction has no output");
        }

        if (transaction.Weight.Units > Transaction.MaxBytes)
        {
            return Refuse(TransactionError.TooHeavy, $"the transaction weighs {transaction.Weight}");
        }

        if (Sum(transaction.Outputs) is null)
        {
            return Refuse(TransactionError.OutputsOutOfRange, "the outputs add up to more than 21,000,000 BTC");
        }

        return CheckInputs(transaction);
    }

    private static TransactionRefusal? CheckInputs(Transaction transaction)
    {
        var seen = new HashSet<OutPoint>();
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var point = transaction.Inputs[i].PreviousOutput;
            if (point == new OutPoint(default, uint.MaxValue))
            {
                return Refuse(TransactionError.NullInput, "only a coinbase spends nothing", i);
            }

            if (!seen.Add(point))
            {
                return Refuse(TransactionError.DuplicateInput, $"{point} is spent twice", i);
            }
        }

        return null;
    }

    private static TransactionRefusal? CheckCount(Transaction transaction, int count) => count == transaction.Inputs.Length
        ? null
        : Refuse(TransactionError.PrevoutCount, $"{transaction.Inputs.Length} inputs and {count} spent outputs");

    private static TransactionRefusal? CheckAmounts(Transaction transaction, IReadOnlyList<TxOut> prevouts)
        => CheckCount(transaction, prevouts.Count) ?? (TryGetFee(transaction, prevouts, out _)
            ? null
            : Refuse(TransactionError.SpendsMoreThanItHas, "the outputs are worth more than the inputs"));

    private static TransactionRefusal? CheckMaturity(IReadOnlyList<SpentOutput> spent, NextBlock next)
    {
        for (var i = 0; i < spent.Count; i++)
        {
            if (spent[i].IsCoinbase && next.Height - (long)(spent[i].Height ?? next.Height) < CoinbaseMaturity)
            {
                return Refuse(TransactionError.ImmatureCoinbase, "a coinbase output is younger than 100 blocks", i);
            }
        }

        return null;
    }

    private static TransactionRefusal? CheckLockTime(Transaction transaction, NextBlock next) => IsFinal(transaction, next)
        ? null
        : Refuse(
            TransactionError.LockTimeNotReached,
            $"lock time {transaction.LockTime} at height {next.Height}, median time {next.MedianTimePast}");

    private static TransactionRefusal? CheckRelativeLockTimes(Transaction transaction, IReadOnlyList<SpentOutput> spent, NextBlock next)
    {
        if (transaction.Version is 0 or 1)
        {
            return null;
        }

        for (var i = 0; i < spent.Count; i++)
        {
            var sequence = transaction.Inputs[i].Sequence;
            if ((sequence & SequenceDisabled) != 0)
            {
                continue;
            }

            var distance = (long)(sequence & SequenceMask);
            var isTime = (sequence & SequenceIsTime) != 0;
            var reached = isTime
                ? (spent[i].Height is null ? next.MedianTimePast : spent[i].MedianTimePast) + (distance * 512) <= next.MedianTimePast
                : (spent[i].Height ?? next.Height) + distance <= next.Height;
            if (!reached)
            {
                var lag = isTime ? $"{distance * 512} seconds" : $"{distance} blocks";
                var since = spent[i].Height is { } height ? $"block {height}" : "a block to come";
                return Refuse(TransactionError.RelativeLockTimeNotReached, $"{lag} after {since}, at height {next.Height}", i);
            }
        }

        return null;
    }

    private static Satoshis? Sum(IEnumerable<TxOut> outputs)
    {
        var total = 0L;
        foreach (var output in outputs)
        {
            total += output.Value.Value;
            if (total > Satoshis.MaxValue)
            {
                return null;
            }
        }

        return Satoshis.Of(total);
    }

    private static TransactionRefusal Refuse(TransactionError error, string detail, int? input = null) => new(error, input, null, detail);
}
