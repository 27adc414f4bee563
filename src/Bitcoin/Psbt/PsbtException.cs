namespace Coordinator.Bitcoin;

/// <summary>Why a partially signed transaction cannot be combined, signed, finalized or extracted.</summary>
public enum PsbtError
{
    /// <summary>The PSBTs to combine are of different transactions.</summary>
    DifferentTransactions,

    /// <summary>An input does not say what it spends.</summary>
    UtxoMissing,

    /// <summary>The previous transaction is not the one that the input spends, or does not have that output.</summary>
    UtxoMismatch,

    /// <summary>An output that is not segwit, told without its whole transaction: its amount could be a lie.</summary>
    WitnessUtxoForLegacyOutput,

    /// <summary>The redeem script is not the one that the output commits to.</summary>
    RedeemScriptMismatch,

    /// <summary>The witness script is not the one that the output commits to.</summary>
    WitnessScriptMismatch,

    /// <summary>The internal key and Merkle root do not make the output key.</summary>
    TaprootMismatch,

    /// <summary>A sighash type other than ALL or the taproot default is asked for.</summary>
    SighashType,

    /// <summary>A signature is missing, or the kind of script cannot be finalized without being told its witness.</summary>
    CannotFinalize,

    /// <summary>An input is not final.</summary>
    NotFinal,
}

/// <summary>A partially signed transaction that parses but must not be used as asked.</summary>
public sealed class PsbtException(PsbtError error, int? input, string detail)
    : Exception(input is { } index ? $"input {index}: {detail}" : detail)
{
    public PsbtError Error { get; } = error;

    /// <summary>The input at fault, where it is one.</summary>
    public int? Input { get; } = input;
}
