using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>
/// A partially signed transaction, version 0 (BIP-174, taproot fields of BIP-371). Fields nobody here knows are kept. Not for use by
/// several threads at once.
/// </summary>
public sealed class Psbt
{
    /// <summary>The largest PSBT that is read.</summary>
    public const int MaxBytes = 16_000_000;

    private static readonly byte[] Magic = [0x70, 0x73, 0x62, 0x74, 0xff];

    private Psbt(Transaction transaction, PsbtMap global, IEnumerable<PsbtMap> inputs, IEnumerable<PsbtMap> outputs)
    {
        UnsignedTransaction = transaction;
        Global = global;
        Inputs = [.. inputs.Select(map => new PsbtInput(map))];
        Outputs = [.. outputs.Select(map => new PsbtOutput(map))];
    }

    /// <summary>The transaction without scriptSigs and witnesses.</summary>
    public Transaction UnsignedTransaction { get; }

    /// <summary>Fields about the whole; the unsigned transaction among them, which is never changed here.</summary>
    public PsbtMap Global { get; }

    public ImmutableArray<PsbtInput> Inputs { get; }

    public ImmutableArray<PsbtOutput> Outputs { get; }

    /// <summary>A PSBT that knows nothing but its transaction.</summary>
    /// <exception cref="ArgumentException">The transaction has a scriptSig or a witness.</exception>
    public static Psbt Create(Transaction transaction)
    {
        if (transaction.HasWitness || transaction.Inputs.Any(input => input.ScriptSig.Length > 0))
        {
            throw new ArgumentException("the transaction of a PSBT has neither scriptSigs nor witnesses", nameof(transaction));
        }

        var global = new PsbtMap();
        global.Set(PsbtGlobalField.UnsignedTransaction, [], transaction.ToBytes(withWitness: false));
        return new Psbt(
            transaction, global, transaction.Inputs.Select(_ => new PsbtMap()), transaction.Outputs.Select(_ => new PsbtMap()));
    }

    /// <exception cref="BitcoinFormatException">Not exactly one well-formed PSBT of version 0.</exception>
    public static Psbt Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new BitcoinFormatException($"a PSBT of {bytes.Length} bytes is longer than {MaxBytes}");
        }

        if (!bytes.StartsWith(Magic))
        {
            throw new BitcoinFormatException("the bytes do not start as a PSBT does");
        }

        var reader = new WireReader(bytes);
        reader.Take(Magic.Length);
        var global = PsbtMap.Read(ref reader);
        PsbtRules.CheckGlobal(global);
        var transaction = ReadTransaction(global);
        var inputs = new PsbtMap[transaction.Inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = PsbtMap.Read(ref reader);
            PsbtRules.CheckInput(inputs[i], i);
        }

        var outputs = new PsbtMap[transaction.Outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = PsbtMap.Read(ref reader);
            PsbtRules.CheckOutput(outputs[i], i);
        }

        reader.ExpectEnd("the PSBT");
        return new Psbt(transaction, global, inputs, outputs);
    }

    /// <exception cref="BitcoinFormatException">Not base64, or not a PSBT.</exception>
    public static Psbt ParseBase64(string text)
    {
        if (text.Length > MaxBytes / 3L * 4 + 4)
        {
            throw new BitcoinFormatException($"a PSBT of {text.Length} characters is too long");
        }

        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var written)
            ? Parse(bytes.AsSpan(0, written))
            : throw new BitcoinFormatException("the PSBT is not base64 text");
    }

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Psbt? psbt, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (psbt, error) = (Parse(bytes), null);
            return true;
        }
        catch (BitcoinFormatException refusal)
        {
            (psbt, error) = (null, refusal.Message);
            return false;
        }
    }

    /// <summary>
    /// One PSBT with the fields of all. Where several say different things under one key, the first wins. New fields follow in order of
    /// type, those of one type in the order they are first seen.
    /// </summary>
    /// <exception cref="PsbtException">They are of different transactions.</exception>
    /// <exception cref="ArgumentException">None was given.</exception>
    public static Psbt Combine(params ReadOnlySpan<Psbt> parts)
    {
        if (parts.IsEmpty)
        {
            throw new ArgumentException("there is nothing to combine", nameof(parts));
        }

        var result = Parse(parts[0].ToBytes());
        foreach (var part in parts[1..])
        {
            if (part.UnsignedTransaction.Txid != result.UnsignedTransaction.Txid)
            {
                throw new PsbtException(PsbtError.DifferentTransactions, null, "the PSBTs are of different transactions");
            }

            result.Global.Merge(part.Global);
            for (var i = 0; i < result.Inputs.Length; i++)
            {
                result.Inputs[i].Map.Merge(part.Inputs[i].Map);
            }

            for (var i = 0; i < result.Outputs.Length; i++)
            {
                result.Outputs[i].Map.Merge(part.Outputs[i].Map);
            }
        }

        return result;
    }

    /// <summary>The output that an input spends, as far as the PSBT can prove it.</summary>
    /// <exception cref="PsbtException">It is missing, contradicts itself, or is not segwit and told without its transaction.</exception>
    public TxOut SpentOutput(int input)
    {
        var (told, point) = (Inputs[input].WitnessUtxo, UnsignedTransaction.Inputs[input].PreviousOutput);
        if (Inputs[input].NonWitnessUtxo is { } previous)
        {
            if (previous.Txid != point.Txid || point.Vout >= previous.Outputs.Length)
            {
                throw new PsbtException(PsbtError.UtxoMismatch, input, "the previous transaction is not the one spent");
            }

            var proven = previous.Outputs[(int)point.Vout];
            return told is null || told == proven
                ? proven
                : throw new PsbtException(PsbtError.UtxoMismatch, input, "the witness output and the previous transaction disagree");
        }

        return told ?? throw new PsbtException(PsbtError.UtxoMissing, input, "the PSBT does not say what is spent");
    }

    /// <summary>The outputs that all inputs spend, in input order.</summary>
    /// <exception cref="PsbtException">As <see cref="SpentOutput"/>.</exception>
    public IReadOnlyList<TxOut> SpentOutputs() => [.. Enumerable.Range(0, Inputs.Length).Select(SpentOutput)];

    /// <summary>
    /// Signs every input that the key can sign: taproot key paths (tweaked, or the output key itself), key hashes, and every script that
    /// mentions the key; ALL or the taproot default only. Calling it again makes the same signatures, Schnorr ones with new randomness.
    /// </summary>
    /// <returns>The number of signatures made.</returns>
    /// <exception cref="PsbtException">
    /// An input contradicts what it spends, or one of the key's asks for another type than ALL; nothing was signed.
    /// </exception>
    public int Sign(SecretKey key) => new PsbtSigner(this, key).Sign();

    /// <summary>Makes every input final that has what it needs; final ones stay as they are.</summary>
    /// <exception cref="PsbtException">An input lacks a signature, or is of a kind whose witness the caller must give.</exception>
    public void FinalizeInputs()
    {
        for (var i = 0; i < Inputs.Length; i++)
        {
            if (!Inputs[i].IsFinal)
            {
                PsbtFinalizer.Finalize(this, i);
            }
        }
    }

    /// <summary>Makes one input final with a witness the caller composed, for scripts that no template covers.</summary>
    public void FinalizeInput(int input, params IEnumerable<byte[]> witness) => PsbtFinalizer.Set(this, input, null, [.. witness]);

    /// <summary>The signed transaction. Its witnesses are not verified: <see cref="TransactionVerifier"/> does that.</summary>
    /// <exception cref="PsbtException">An input is not final.</exception>
    public Transaction Extract()
    {
        var inputs = UnsignedTransaction.Inputs.Select((input, i) => Inputs[i].IsFinal
            ? input with { ScriptSig = Inputs[i].FinalScriptSig ?? Script.Empty, Witness = [.. Inputs[i].FinalScriptWitness ?? []] }
            : throw new PsbtException(PsbtError.NotFinal, i, "the input is not final"));
        return UnsignedTransaction.WithInputs(inputs.ToList());
    }

    public byte[] ToBytes()
    {
        var writer = new WireWriter().Bytes(Magic);
        Global.Write(writer);
        foreach (var input in Inputs)
        {
            input.Map.Write(writer);
        }

        foreach (var output in Outputs)
        {
            output.Map.Write(writer);
        }

        return writer.ToArray();
    }

    public string ToBase64() => Convert.ToBase64String(ToBytes());

    private static Transaction ReadTransaction(PsbtMap global)
    {
        var bytes = global.Find(PsbtGlobalField.UnsignedTransaction)
            ?? throw new BitcoinFormatException("the PSBT has no unsigned transaction");
        var reader = new WireReader(bytes);
        var transaction = Transaction.ReadWithoutWitness(ref reader);
        reader.ExpectEnd("the PSBT's unsigned transaction");
        return transaction.Inputs.All(input => input.ScriptSig.Length == 0)
            ? transaction
            : throw new BitcoinFormatException("the PSBT's unsigned transaction has a scriptSig");
    }
}
