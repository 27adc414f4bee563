namespace Coordinator.Dlc;

/// <summary>What is wrong with somebody's part of a transaction that spends an escrow.</summary>
public enum EscrowRefusalKind
{
    /// <summary>Not a PSBT of version 0.</summary>
    Malformed,

    /// <summary>An input that ours does not have.</summary>
    ExtraInput,

    /// <summary>An input of ours is gone.</summary>
    MissingInput,

    /// <summary>An input spends something else, has another sequence, or names another output or script than the one that is spent.</summary>
    ChangedInput,

    /// <summary>An output that ours does not have.</summary>
    ExtraOutput,

    /// <summary>An output of ours is gone.</summary>
    MissingOutput,

    /// <summary>An output pays somebody else, or another amount.</summary>
    ChangedOutput,

    /// <summary>Another version or lock time.</summary>
    ChangedTransaction,

    /// <summary>The player has not signed their input.</summary>
    SignatureMissing,

    /// <summary>Not a strict DER signature with low S and a type byte.</summary>
    SignatureMalformed,

    /// <summary>Another type than ALL.</summary>
    SighashType,

    /// <summary>It is not the player's signature over this transaction.</summary>
    SignatureInvalid,

    /// <summary>A signature under somebody else's key, or on an input that is not the player's.</summary>
    ForeignSignature,
}

/// <param name="Detail">What and where, for people.</param>
public sealed record EscrowRefusal(EscrowRefusalKind Kind, string Detail)
{
    /// <summary>snake_case, stable: part of an error code.</summary>
    public string Name => Kind switch
    {
        EscrowRefusalKind.Malformed => "malformed",
        EscrowRefusalKind.ExtraInput => "extra_input",
        EscrowRefusalKind.MissingInput => "missing_input",
        EscrowRefusalKind.ChangedInput => "changed_input",
        EscrowRefusalKind.ExtraOutput => "extra_output",
        EscrowRefusalKind.MissingOutput => "missing_output",
        EscrowRefusalKind.ChangedOutput => "changed_output",
        EscrowRefusalKind.ChangedTransaction => "changed_transaction",
        EscrowRefusalKind.SignatureMissing => "signature_missing",
        EscrowRefusalKind.SignatureMalformed => "signature_malformed",
        EscrowRefusalKind.SighashType => "sighash_type",
        EscrowRefusalKind.SignatureInvalid => "signature_invalid",
        EscrowRefusalKind.ForeignSignature => "foreign_signature",
    };
}
