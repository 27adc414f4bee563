namespace Coordinator.Bitcoin;

/// <summary>The digest of inputs before segwit, type ALL only: enough to sign what others hand over in a PSBT.</summary>
internal static class LegacySighash
{
    /// <param name="transaction">The transaction; its scriptSigs do not matter.</param>
    /// <param name="input">Index of the input signed.</param>
    /// <param name="scriptCode">The output script or the redeem script, without OP_CODESEPARATOR.</param>
    public static byte[] All(Transaction transaction, int input, ReadOnlySpan<byte> scriptCode)
    {
        var code = new Script(scriptCode);
        var inputs = transaction.Inputs.Select((item, i) => item with { ScriptSig = i == input ? code : Script.Empty });
        var bytes = transaction.WithInputs(inputs.ToList()).ToBytes(withWitness: false);
        return Hashes.Hash256(new WireWriter().Bytes(bytes).UInt32((uint)SighashType.All).ToArray());
    }
}
