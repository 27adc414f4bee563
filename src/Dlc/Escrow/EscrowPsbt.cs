using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Escrows as inputs of a PSBT (BIP-174): described for their players, each player's part verified by itself against our own copy, and
/// made final by the script's policy. Nothing of a foreign PSBT is taken over but the one signature that was checked.
/// </summary>
public static class EscrowPsbt
{
    /// <summary>Says what the input spends, under which script, and that only ALL is signed.</summary>
    /// <exception cref="ArgumentException">The input spends something else.</exception>
    public static void Describe(Psbt psbt, int input, EscrowOutput escrow)
    {
        if (psbt.UnsignedTransaction.Inputs[input].PreviousOutput != escrow.OutPoint)
        {
            throw new ArgumentException($"input {input} does not spend {escrow.OutPoint}", nameof(input));
        }

        psbt.Inputs[input].WitnessUtxo = escrow.Output;
        psbt.Inputs[input].WitnessScript = escrow.Terms.WitnessScript;
        psbt.Inputs[input].SighashType = (uint)SighashType.All;
    }

    /// <summary>The input that spends the escrow; −1 where none does.</summary>
    public static int InputOf(Psbt psbt, EscrowOutput escrow)
    {
        var inputs = psbt.UnsignedTransaction.Inputs;
        return Enumerable.Range(0, inputs.Length).FirstOrDefault(i => inputs[i].PreviousOutput == escrow.OutPoint, -1);
    }

    /// <summary>What both parties sign (BIP-143, type ALL): it fixes every input, every output and the escrow's amount.</summary>
    public static byte[] Digest(Psbt psbt, int input, EscrowOutput escrow)
    {
        // Version 0 digests need no other input's output.
        var prevouts = psbt.UnsignedTransaction.Inputs.Select((_, i) => i == input ? escrow.Output : new TxOut(Satoshis.Zero, Script.Empty));
        return new SighashCache(psbt.UnsignedTransaction, prevouts).WitnessV0(input, escrow.Terms.WitnessScript.Bytes);
    }

    /// <summary>A party's signature: DER and the type byte ALL. Deterministic.</summary>
    /// <exception cref="SpendRefusedException">The key is neither party's.</exception>
    public static byte[] Sign(Psbt psbt, int input, EscrowOutput escrow, SecretKey key)
        => key.PublicKey.Equals(escrow.Terms.Coordinator) || key.PublicKey.Equals(escrow.Terms.Player)
            ? [.. Secp256k1.EcdsaSignDer(key, Digest(psbt, input, escrow)), (byte)SighashType.All]
            : throw new SpendRefusedException("the key is neither the coordinator's nor the player's of this escrow");

    /// <summary>Whether this is the key's signature over our transaction; null where it is.</summary>
    public static EscrowRefusal? Check(Psbt ours, int input, EscrowOutput escrow, PublicKey key, ReadOnlySpan<byte> signature)
        => !EscrowSignature.HasShape(signature)
                ? new(EscrowRefusalKind.SignatureMalformed, $"the signature of input {input} is not strict DER with low S and a type byte")
            : !EscrowSignature.IsAll(signature)
                ? new(EscrowRefusalKind.SighashType, $"the signature of input {input} is of type {signature[^1]:x2}, only ALL is taken")
            : !EscrowSignature.IsOver(Digest(ours, input, escrow), key, signature)
                ? new(EscrowRefusalKind.SignatureInvalid, $"the signature of input {input} is not by {key} over this transaction")
            : null;

    /// <summary>Takes the player's signature out of the PSBT that they sent back, after comparing it with ours in every part.</summary>
    /// <param name="ours">As it was handed out.</param>
    /// <param name="base64">What came back; whatever it is.</param>
    /// <param name="escrow">The player's own.</param>
    /// <param name="signature">DER and type byte, verified.</param>
    /// <param name="refusal">Why there is none.</param>
    public static bool TryTake(Psbt ours, string base64, EscrowOutput escrow, out byte[] signature, out EscrowRefusal? refusal)
    {
        (signature, refusal) = ([], null);
        Psbt theirs;
        try
        {
            theirs = Psbt.ParseBase64(base64);
        }
        catch (BitcoinFormatException problem)
        {
            refusal = new EscrowRefusal(EscrowRefusalKind.Malformed, problem.Message);
            return false;
        }

        var input = InputOf(ours, escrow);
        refusal = input < 0
            ? new EscrowRefusal(EscrowRefusalKind.MissingInput, $"this transaction does not spend {escrow.OutPoint}")
            : CompareTransactions(ours.UnsignedTransaction, theirs.UnsignedTransaction)
                ?? ComparePrevouts(ours, theirs)
                ?? CompareSigners(theirs, input, escrow);
        if (refusal is not null)
        {
            return false;
        }

        if (theirs.Inputs[input].PartialSignature(escrow.Terms.Player) is not { } given)
        {
            refusal = new EscrowRefusal(EscrowRefusalKind.SignatureMissing, $"input {input} is not signed by {escrow.Terms.Player}");
            return false;
        }

        refusal = Check(ours, input, escrow, escrow.Terms.Player, given);
        signature = refusal is null ? given : [];
        return refusal is null;
    }

    /// <summary>Makes an escrow's input final: the two-of-two, with both signatures verified, in the order of the script's keys.</summary>
    /// <returns>Why it cannot be, or null.</returns>
    public static EscrowRefusal? Complete(Psbt psbt, EscrowOutput escrow, byte[] coordinatorSignature, byte[] playerSignature)
    {
        var input = InputOf(psbt, escrow);
        if (input < 0)
        {
            return new EscrowRefusal(EscrowRefusalKind.MissingInput, $"this transaction does not spend {escrow.OutPoint}");
        }

        if ((Check(psbt, input, escrow, escrow.Terms.Coordinator, coordinatorSignature) ?? Check(psbt, input, escrow, escrow.Terms.Player, playerSignature))
            is { } refusal)
        {
            return refusal;
        }

        psbt.FinalizeInput(input, escrow.Terms.TogetherWitness(coordinatorSignature, playerSignature));
        return null;
    }

    private static EscrowRefusal? CompareTransactions(Transaction ours, Transaction theirs)
        => theirs.Inputs.Length > ours.Inputs.Length
                ? new(EscrowRefusalKind.ExtraInput, $"the PSBT has {theirs.Inputs.Length} inputs, the transaction {ours.Inputs.Length}")
            : theirs.Inputs.Length < ours.Inputs.Length
                ? new(EscrowRefusalKind.MissingInput, $"the PSBT has {theirs.Inputs.Length} inputs, the transaction {ours.Inputs.Length}")
            : theirs.Outputs.Length > ours.Outputs.Length
                ? new(EscrowRefusalKind.ExtraOutput, $"the PSBT has {theirs.Outputs.Length} outputs, the transaction {ours.Outputs.Length}")
            : theirs.Outputs.Length < ours.Outputs.Length
                ? new(EscrowRefusalKind.MissingOutput, $"the PSBT has {theirs.Outputs.Length} outputs, the transaction {ours.Outputs.Length}")
            : FirstDifference(ours.Inputs.Length, i => ours.Inputs[i].PreviousOutput == theirs.Inputs[i].PreviousOutput && ours.Inputs[i].Sequence == theirs.Inputs[i].Sequence) is { } input
                ? new(EscrowRefusalKind.ChangedInput, $"input {input} spends {theirs.Inputs[input].PreviousOutput} with sequence {theirs.Inputs[input].Sequence:x8}")
            : FirstDifference(ours.Outputs.Length, i => ours.Outputs[i] == theirs.Outputs[i]) is { } output
                ? new(EscrowRefusalKind.ChangedOutput, $"output {output} pays {theirs.Outputs[output].Value} to {theirs.Outputs[output].ScriptPubKey}")
            : ours.Txid != theirs.Txid
                ? new(EscrowRefusalKind.ChangedTransaction, "the PSBT has another version or lock time")
            : null;

    /// <summary>What a PSBT claims to spend is what hardware shows its owner: where it claims something, it must be what ours says.</summary>
    private static EscrowRefusal? ComparePrevouts(Psbt ours, Psbt theirs)
    {
        for (var i = 0; i < ours.Inputs.Length; i++)
        {
            if (theirs.Inputs[i].WitnessUtxo is { } told && ours.Inputs[i].WitnessUtxo is { } known && told != known)
            {
                return new EscrowRefusal(EscrowRefusalKind.ChangedInput, $"input {i} claims to spend {told.Value} of {told.ScriptPubKey}");
            }

            if (theirs.Inputs[i].WitnessScript is { } script && !script.Equals(ours.Inputs[i].WitnessScript))
            {
                return new EscrowRefusal(EscrowRefusalKind.ChangedInput, $"input {i} names another witness script");
            }

            if (theirs.Inputs[i].SighashType is { } type && type != (ours.Inputs[i].SighashType ?? type))
            {
                return new EscrowRefusal(EscrowRefusalKind.SighashType, $"input {i} asks for signatures of type {type:x2}, only ALL is taken");
            }
        }

        return null;
    }

    private static EscrowRefusal? CompareSigners(Psbt theirs, int own, EscrowOutput escrow)
    {
        for (var i = 0; i < theirs.Inputs.Length; i++)
        {
            var input = theirs.Inputs[i];
            if (input.IsFinal || input.TapKeySignature is not null || input.PartialSignatures.Any(part => i != own || !escrow.Terms.Player.Bytes.SequenceEqual(part.Key)))
            {
                return new EscrowRefusal(EscrowRefusalKind.ForeignSignature, $"input {i} has a signature that is not the player's on their own escrow");
            }
        }

        return null;
    }

    private static int? FirstDifference(int count, Func<int, bool> isSame)
    {
        for (var i = 0; i < count; i++)
        {
            if (!isSame(i))
            {
                return i;
            }
        }

        return null;
    }
}
