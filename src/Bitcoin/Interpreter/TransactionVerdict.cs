namespace Coordinator.Bitcoin;

/// <summary>Why a transaction may not be in the next block.</summary>
public enum TransactionError
{
    /// <summary>No input.</summary>
    NoInputs,

    /// <summary>No output.</summary>
    NoOutputs,

    /// <summary>Heavier than a block.</summary>
    TooHeavy,

    /// <summary>The outputs add up to more than 21,000,000 BTC.</summary>
    OutputsOutOfRange,

    /// <summary>Two inputs spend the same output.</summary>
    DuplicateInput,

    /// <summary>An input that spends nothing, as only a coinbase may.</summary>
    NullInput,

    /// <summary>Another number of spent outputs was given than there are inputs.</summary>
    PrevoutCount,

    /// <summary>The outputs are worth more than the inputs.</summary>
    SpendsMoreThanItHas,

    /// <summary>A coinbase output younger than 100 blocks.</summary>
    ImmatureCoinbase,

    /// <summary>The lock time has not passed.</summary>
    LockTimeNotReached,

    /// <summary>A relative lock time has not passed (BIP-68).</summary>
    RelativeLockTimeNotReached,

    /// <summary>An input may not spend its output; the script error says why.</summary>
    Script,
}

/// <summary>Why a transaction is refused.</summary>
/// <param name="Error">The rule it breaks.</param>
/// <param name="Input">The input that breaks it, where it is one input.</param>
/// <param name="Script">For <see cref="TransactionError.Script"/>: the script rule.</param>
/// <param name="Detail">In words. Holds no keys and no signatures.</param>
public sealed record TransactionRefusal(TransactionError Error, int? Input, ScriptError? Script, string Detail)
{
    public override string ToString()
    {
        var rule = Script is { } script ? $"{Error}.{script}" : Error.ToString();
        return Input is { } input ? $"input {input}: {rule}: {Detail}" : $"{rule}: {Detail}";
    }
}

/// <summary>The next block, for lock times.</summary>
/// <param name="Height">Its height: the tip's plus one.</param>
/// <param name="MedianTimePast">Median time past of the tip, unix seconds (BIP-113).</param>
public sealed record NextBlock(int Height, long MedianTimePast);

/// <summary>An output being spent, with its age.</summary>
/// <param name="Output">Amount and script.</param>
/// <param name="Height">Height of the block it is in, or null while its transaction is not in one.</param>
/// <param name="MedianTimePast">Median time past of the block before that one, unix seconds (BIP-68); only looked at with a height.</param>
/// <param name="IsCoinbase">True for an output of a coinbase transaction.</param>
public sealed record SpentOutput(TxOut Output, int? Height = null, long MedianTimePast = 0, bool IsCoinbase = false);
