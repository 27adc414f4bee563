namespace Coordinator.Bitcoin;

/// <summary>Why an input may not be spent. The names follow Bitcoin Core's where it has one.</summary>
public enum ScriptError
{
    /// <summary>The output is not segwit: this interpreter never runs legacy scripts.</summary>
    NotSegwit,

    /// <summary>A witness version or program nobody gave a meaning yet.</summary>
    UpgradableWitnessProgram,

    /// <summary>A version 0 program that is neither 20 nor 32 bytes long.</summary>
    WitnessProgramWrongLength,

    /// <summary>The witness has no item, or another number than its kind of program needs.</summary>
    WitnessItemCount,

    /// <summary>The script or the control block is not the one that the output commits to.</summary>
    WitnessProgramMismatch,

    /// <summary>A segwit input with a scriptSig (or, wrapped in P2SH, another one than the push of its program).</summary>
    WitnessMalleated,

    /// <summary>A pay-to-anchor input with a witness.</summary>
    AnchorWitness,

    /// <summary>A taproot annex: nobody gave it a meaning yet.</summary>
    Annex,

    /// <summary>A control block whose length is not 33 + 32·n, n ≤ 128.</summary>
    TaprootControlSize,

    /// <summary>A leaf version other than tapscript.</summary>
    UpgradableTaprootVersion,

    /// <summary>An OP_SUCCESS opcode: valid by consensus, refused here.</summary>
    OpSuccess,

    /// <summary>An opcode that this interpreter does not run, or that is disabled.</summary>
    OpcodeRefused,

    /// <summary>OP_RETURN was reached.</summary>
    OpReturn,

    /// <summary>A push runs past the end of the script.</summary>
    TruncatedPush,

    /// <summary>A push or a number that is not in its shortest form.</summary>
    MinimalData,

    /// <summary>An argument of IF or NOTIF that is neither empty nor exactly 01.</summary>
    MinimalIf,

    /// <summary>A script of more than 10,000 bytes (version 0).</summary>
    ScriptSize,

    /// <summary>A stack item of more than 520 bytes.</summary>
    PushSize,

    /// <summary>More than 201 operations (version 0).</summary>
    OperationCount,

    /// <summary>More than 1,000 items on both stacks.</summary>
    StackSize,

    /// <summary>An operation that needs more items than there are.</summary>
    StackTooShort,

    /// <summary>IF, ELSE and ENDIF that do not belong together.</summary>
    UnbalancedConditional,

    /// <summary>A number of more than four bytes (five for lock times).</summary>
    NumberTooLong,

    /// <summary>VERIFY found false.</summary>
    Verify,

    /// <summary>EQUALVERIFY found two different items.</summary>
    EqualVerify,

    /// <summary>NUMEQUALVERIFY found two different numbers.</summary>
    NumEqualVerify,

    /// <summary>CHECKSIGVERIFY found an empty signature.</summary>
    CheckSigVerify,

    /// <summary>CHECKMULTISIGVERIFY found too few signatures.</summary>
    CheckMultiSigVerify,

    /// <summary>The script ended with false.</summary>
    EvalFalse,

    /// <summary>The script ended with more or fewer than one item.</summary>
    CleanStack,

    /// <summary>A signature that is not strict DER.</summary>
    SignatureDer,

    /// <summary>A signature with the higher of its two S values.</summary>
    SignatureHighS,

    /// <summary>A sighash type that does not exist.</summary>
    SighashType,

    /// <summary>A Schnorr signature that is neither 64 nor 65 bytes long.</summary>
    SchnorrSize,

    /// <summary>A Schnorr signature that does not verify.</summary>
    SchnorrSignature,

    /// <summary>An ECDSA signature that does not verify and is not empty.</summary>
    NullFail,

    /// <summary>The extra item of CHECKMULTISIG is not empty.</summary>
    NullDummy,

    /// <summary>A key that is not 33 bytes compressed (version 0) or not 32 bytes (tapscript).</summary>
    PublicKeyType,

    /// <summary>A number of keys outside 0 to 20.</summary>
    KeyCount,

    /// <summary>A number of signatures outside 0 to the number of keys.</summary>
    SignatureCount,

    /// <summary>More signature operations than 50 weight units of witness each allow (BIP-342).</summary>
    SignatureBudget,

    /// <summary>A negative lock time.</summary>
    NegativeLockTime,

    /// <summary>The transaction's lock time, sequence or version does not satisfy CHECKLOCKTIMEVERIFY or CHECKSEQUENCEVERIFY.</summary>
    UnsatisfiedLockTime,
}

/// <summary>Ends the run of one script; never leaves this folder.</summary>
internal sealed class ScriptRefusal(ScriptError error, string detail) : Exception(detail)
{
    public ScriptError Error { get; } = error;
}
