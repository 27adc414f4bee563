namespace Coordinator.Bitcoin;

/// <content>Signatures and lock times.</content>
internal sealed partial class ScriptMachine
{
    private const uint SequenceDisabled = 0x8000_0000;
    private const uint SequenceIsTime = 0x0040_0000;
    private const uint SequenceMask = 0x0000_ffff;
    private const long LockTimeThreshold = 500_000_000;

    private void ExecuteChecks(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.CheckSig or Opcode.CheckSigVerify:
                CheckSignature(opcode == Opcode.CheckSigVerify);
                break;
            case Opcode.CheckSigAdd:
                CheckSignatureAdd();
                break;
            case Opcode.CheckMultiSig or Opcode.CheckMultiSigVerify:
                CheckMultiSignature(opcode == Opcode.CheckMultiSigVerify);
                break;
            case Opcode.CheckLockTimeVerify:
                CheckLockTime();
                break;
            case Opcode.CheckSequenceVerify:
                CheckSequence();
                break;
            default:
                throw new ScriptRefusal(ScriptError.OpcodeRefused, opcode.Name());
        }
    }

    private void CheckSignature(bool verify)
    {
        _ = Peek(1);
        var (key, signature) = (Pop(), Pop());
        var valid = IsTapscript ? VerifySchnorr(key, signature) : VerifyEcdsa(key, signature);
        Require(valid || IsTapscript || signature.Length == 0, ScriptError.NullFail, "an ECDSA signature does not verify and is not empty");
        if (!verify)
        {
            PushBool(valid);
            return;
        }

        Require(valid, ScriptError.CheckSigVerify, "CHECKSIGVERIFY found an empty signature");
    }

    private void CheckSignatureAdd()
    {
        _ = Peek(2);
        var (key, number, signature) = (Pop(), PopNumber(), Pop());
        _stack.Add(ScriptNumber.Encode(number + (VerifySchnorr(key, signature) ? 1 : 0)));
    }

    private void CheckMultiSignature(bool verify)
    {
        var keyCount = PopNumber();
        Require(keyCount is >= 0 and <= ScriptLimits.MaxMultiSigKeys, ScriptError.KeyCount, $"{keyCount} keys");
        CountOperations((int)keyCount);
        var keys = PopMany((int)keyCount);
        var signatureCount = PopNumber();
        var fits = signatureCount >= 0 && signatureCount <= keyCount;
        Require(fits, ScriptError.SignatureCount, $"{signatureCount} signatures of {keyCount} keys");
        var signatures = PopMany((int)signatureCount);
        Require(Pop().Length == 0, ScriptError.NullDummy, "the extra item of CHECKMULTISIG is not empty");
        var valid = MatchSignatures(keys, signatures);
        var empty = signatures.All(item => item.Length == 0);
        Require(valid || empty, ScriptError.NullFail, "CHECKMULTISIG fails with a signature that is not empty");
        if (!verify)
        {
            PushBool(valid);
            return;
        }

        Require(valid, ScriptError.CheckMultiSigVerify, "CHECKMULTISIGVERIFY found too few signatures");
    }

    private bool MatchSignatures(byte[][] keys, byte[][] signatures)
    {
        var key = 0;
        for (var signature = 0; signature < signatures.Length; key++)
        {
            if (signatures.Length - signature > keys.Length - key)
            {
                return false;
            }

            signature += VerifyEcdsa(keys[key], signatures[signature]) ? 1 : 0;
        }

        return true;
    }

    /// <summary>Items from the top down.</summary>
    private byte[][] PopMany(int count)
    {
        var items = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            items[i] = Pop();
        }

        return items;
    }

    private bool VerifyEcdsa(byte[] key, byte[] signature)
    {
        if (signature.Length > 0)
        {
            var der = signature.AsSpan(0, signature.Length - 1);
            Require(EcdsaSignature.IsStrictDer(der), ScriptError.SignatureDer, "a signature is not strict DER");
            Require(EcdsaSignature.IsLowS(der), ScriptError.SignatureHighS, "a signature has the higher of its two S values");
            Require(SighashTypes.IsDefinedV0(signature[^1]), ScriptError.SighashType, $"sighash type {signature[^1]:x2}");
        }

        Require(key.Length == 33 && key[0] is 2 or 3, ScriptError.PublicKeyType, $"a key of {key.Length} bytes is not a compressed one");
        if (signature.Length == 0 || PublicKey.TryParse(key) is not { } point)
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[32];
        _context.Cache.WitnessV0(_context.Input, _script.AsSpan(_codeStart), signature[^1], digest);
        return Secp256k1.EcdsaVerifyDer(point, digest, signature.AsSpan(0, signature.Length - 1));
    }

    private bool VerifySchnorr(byte[] key, byte[] signature)
    {
        if (signature.Length > 0)
        {
            _context.SignatureBudget -= 50;
            Require(_context.SignatureBudget >= 0, ScriptError.SignatureBudget, "more signature checks than the witness pays for");
        }

        Require(key.Length == 32, ScriptError.PublicKeyType, $"a tapscript key of {key.Length} bytes");
        if (signature.Length == 0)
        {
            return false;
        }

        var spend = new TaprootSpend { LeafHash = _context.LeafHash, CodeSeparator = _codeSeparator };
        RequireSchnorr(_context.Cache, _context.Input, key, signature, spend);
        return true;
    }

    /// <summary>Returns where the signature (64 bytes, or 65 with its type) verifies under the key (32 bytes).</summary>
    internal static void RequireSchnorr(
        SighashCache cache, int input, ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature, TaprootSpend spend)
    {
        Require(signature.Length is 64 or 65, ScriptError.SchnorrSize, $"a signature of {signature.Length} bytes");
        var type = signature.Length == 65 ? signature[64] : (byte)SighashType.Default;
        Span<byte> digest = stackalloc byte[32];
        Require(
            (signature.Length == 64 || type != 0) && cache.TryTaproot(input, type, spend, digest),
            ScriptError.SighashType,
            $"sighash type {type:x2}");
        Require(
            XOnlyPublicKey.TryParse(key) is { } point && Secp256k1.SchnorrVerify(point, digest, signature[..64]),
            ScriptError.SchnorrSignature,
            "a Schnorr signature does not verify");
    }

    private void CheckLockTime()
    {
        var wanted = ReadNumber(Peek(), 5);
        var lockTime = _context.Cache.Transaction.LockTime;
        Require(wanted >= 0, ScriptError.NegativeLockTime, $"CHECKLOCKTIMEVERIFY of {wanted}");
        Require(
            wanted < LockTimeThreshold == lockTime < LockTimeThreshold,
            ScriptError.UnsatisfiedLockTime,
            "a height and a time are compared by CHECKLOCKTIMEVERIFY");
        Require(wanted <= lockTime, ScriptError.UnsatisfiedLockTime, $"lock time {wanted} is needed and the transaction has {lockTime}");
        Require(
            _context.Cache.Transaction.Inputs[_context.Input].Sequence != TxIn.SequenceFinal,
            ScriptError.UnsatisfiedLockTime,
            "the input's sequence switches the lock time off");
    }

    private void CheckSequence()
    {
        var wanted = ReadNumber(Peek(), 5);
        Require(wanted >= 0, ScriptError.NegativeLockTime, $"CHECKSEQUENCEVERIFY of {wanted}");
        if ((wanted & SequenceDisabled) != 0)
        {
            return;
        }

        var transaction = _context.Cache.Transaction;
        var sequence = transaction.Inputs[_context.Input].Sequence;
        Require(
            transaction.Version is < 0 or >= 2 && (sequence & SequenceDisabled) == 0,
            ScriptError.UnsatisfiedLockTime,
            "the transaction's version or the input's sequence switches relative lock times off");
        var mask = SequenceIsTime | SequenceMask;
        var (needed, given) = ((uint)(wanted & mask), sequence & mask);
        Require(
            (needed & SequenceIsTime) == (given & SequenceIsTime) && needed <= given,
            ScriptError.UnsatisfiedLockTime,
            $"sequence {needed} is needed and the input has {given}");
    }
}
