using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A Bitcoin transaction (BIP-141 serialisation). Immutable; its id is computed once.</summary>
public sealed class Transaction
{
    /// <summary>The largest serialisation that is read: a block's worth.</summary>
    public const int MaxBytes = 4_000_000;

    private Txid? _txid;

    public Transaction(int version, IEnumerable<TxIn> inputs, IEnumerable<TxOut> outputs, uint lockTime)
    {
        Version = version;
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        LockTime = lockTime;
    }

    public int Version { get; }

    public ImmutableArray<TxIn> Inputs { get; }

    public ImmutableArray<TxOut> Outputs { get; }

    /// <summary>A height below 500,000,000, else unix seconds.</summary>
    public uint LockTime { get; }

    /// <summary>Hash of the serialisation without witnesses.</summary>
    public Txid Txid => _txid ??= Txid.FromWire(Hashes.Hash256(ToBytes(withWitness: false)));

    /// <summary>Hash of the serialisation with witnesses, natural byte order.</summary>
    public Txid Wtxid => Txid.FromWire(Hashes.Hash256(ToBytes()));

    public bool HasWitness => Inputs.Any(input => input.Witness.Length > 0);

    /// <summary>Three times the size without witnesses plus the size with them (BIP-141).</summary>
    public Weight Weight => Weight.Of((ToBytes(withWitness: false).Length * 3L) + ToBytes().Length);

    /// <summary>The sum of all outputs.</summary>
    public Satoshis OutputValue => Outputs.Aggregate(Satoshis.Zero, (sum, output) => sum + output.Value);

    public OutPoint OutPoint(uint vout) => new(Txid, vout);

    /// <summary>The same transaction with other inputs.</summary>
    public Transaction WithInputs(IEnumerable<TxIn> inputs) => new(Version, inputs, Outputs, LockTime);

    /// <summary>The same transaction with the witness of one input replaced.</summary>
    public Transaction WithWitness(int input, params IEnumerable<byte[]> witness)
        => new(Version, Inputs.SetItem(input, Inputs[input] with { Witness = [.. witness] }), Outputs, LockTime);

    public string ToHex() => Hex.Encode(ToBytes());

    public byte[] ToBytes(bool withWitness = true)
    {
        var marked = withWitness && HasWitness;
        var writer = new WireWriter().Int32(Version);
        if (marked)
        {
            writer.Byte(0).Byte(1);
        }

        writer.CompactSize((ulong)Inputs.Length);
        foreach (var input in Inputs)
        {
            writer.Bytes(input.PreviousOutput.Txid.Wire).UInt32(input.PreviousOutput.Vout)
                .VarBytes(input.ScriptSig.Bytes).UInt32(input.Sequence);
        }

        writer.CompactSize((ulong)Outputs.Length);
        foreach (var output in Outputs)
        {
            writer.Int64(output.Value.Value).VarBytes(output.ScriptPubKey.Bytes);
        }

        foreach (var item in marked ? Inputs : [])
        {
            writer.CompactSize((ulong)item.Witness.Length);
            foreach (var element in item.Witness)
            {
                writer.VarBytes(element);
            }
        }

        return writer.UInt32(LockTime).ToArray();
    }

    /// <exception cref="BitcoinFormatException">Not exactly one transaction.</exception>
    public static Transaction Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new BitcoinFormatException($"a transaction of {bytes.Length} bytes is larger than a block");
        }

        var reader = new WireReader(bytes);
        var transaction = Read(ref reader);
        reader.ExpectEnd("the transaction");
        return transaction;
    }

    /// <exception cref="BitcoinFormatException">Not the hexadecimal form of one transaction.</exception>
    public static Transaction Parse(string hex) => Parse(Hex.Decode(hex));

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Transaction? transaction, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (transaction, error) = (Parse(bytes), null);
            return true;
        }
        catch (BitcoinFormatException refusal)
        {
            (transaction, error) = (null, refusal.Message);
            return false;
        }
    }

    /// <summary>Reads one transaction and leaves the reader behind it.</summary>
    internal static Transaction Read(ref WireReader reader) => Read(ref reader, mayHaveWitness: true);

    /// <summary>Reads the serialisation before BIP-141, where no input is no witness marker (BIP-174).</summary>
    internal static Transaction ReadWithoutWitness(ref WireReader reader) => Read(ref reader, mayHaveWitness: false);

    private static Transaction Read(ref WireReader reader, bool mayHaveWitness)
    {
        var version = reader.ReadInt32();
        var marked = mayHaveWitness && reader.Remaining >= 2 && reader.Peek() == 0 && reader.Peek(1) == 1;
        if (marked)
        {
            reader.Take(2);
        }

        var inputs = ReadInputs(ref reader);
        var outputs = new TxOut[reader.ReadCount(9)];
        for (var i = 0; i < outputs.Length; i++)
        {
            var at = reader.Position;
            var value = Satoshis.TryOf(reader.ReadInt64()) ?? throw new BitcoinFormatException($"the output value at offset {at} is out of range");
            outputs[i] = new TxOut(value, new Script(reader.ReadVarBytes()));
        }

        if (marked)
        {
            ReadWitnesses(ref reader, inputs);
        }

        return new Transaction(version, inputs, outputs, reader.ReadUInt32());
    }

    private static TxIn[] ReadInputs(ref WireReader reader)
    {
        var inputs = new TxIn[reader.ReadCount(41)];
        for (var i = 0; i < inputs.Length; i++)
        {
            var outpoint = new OutPoint(Txid.FromWire(reader.Take(32)), reader.ReadUInt32());
            var script = new Script(reader.ReadVarBytes());
            inputs[i] = new TxIn(outpoint, script, reader.ReadUInt32(), []);
        }

        return inputs;
    }

    private static void ReadWitnesses(ref WireReader reader, TxIn[] inputs)
    {
        var any = false;
        for (var i = 0; i < inputs.Length; i++)
        {
            var items = new byte[reader.ReadCount(1)][];
            for (var j = 0; j < items.Length; j++)
            {
                items[j] = reader.ReadVarBytes().ToArray();
            }

            any |= items.Length > 0;
            inputs[i] = inputs[i] with { Witness = [.. items] };
        }

        if (!any)
        {
            throw new BitcoinFormatException("a transaction with the witness marker has no witness");
        }
    }
}
