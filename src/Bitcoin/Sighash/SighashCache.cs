using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// Digests that signatures of one transaction commit to (BIP-143, BIP-341, BIP-342). What all inputs share is hashed once, on first use.
/// Any number of threads may share one instance. Digests are 32 bytes in natural order.
/// </summary>
public sealed class SighashCache
{
    private readonly ImmutableArray<TxOut> _prevouts;
    private TransactionHashes? _hashes;

    /// <param name="transaction">The transaction; its witnesses do not matter.</param>
    /// <param name="prevouts">The outputs spent, one for each input in input order.</param>
    /// <exception cref="ArgumentException">Another number of outputs than inputs.</exception>
    public SighashCache(Transaction transaction, IEnumerable<TxOut> prevouts)
    {
        Transaction = transaction;
        _prevouts = [.. prevouts];
        if (_prevouts.Length != transaction.Inputs.Length)
        {
            throw new ArgumentException($"{transaction.Inputs.Length} inputs spend {_prevouts.Length} outputs", nameof(prevouts));
        }
    }

    public Transaction Transaction { get; }

    /// <summary>The outputs spent, in input order.</summary>
    public ImmutableArray<TxOut> Prevouts => _prevouts;

    private TransactionHashes Shared => _hashes ??= new TransactionHashes(Transaction, _prevouts);

    /// <summary>The digest of a key path spend without annex.</summary>
    /// <exception cref="ArgumentException">An index or a type that does not exist, or SINGLE without the output of that index.</exception>
    public byte[] TaprootKeyPath(int input, SighashType type = SighashType.Default)
    {
        var digest = new byte[32];
        return TryTaproot(input, (byte)type, default, digest) ? digest : throw Refused(input, type);
    }

    /// <summary>The digest of a script path spend without annex and without an executed OP_CODESEPARATOR.</summary>
    /// <exception cref="ArgumentException">An index or a type that does not exist, or SINGLE without the output of that index.</exception>
    public byte[] TaprootScriptPath(int input, TapLeaf leaf, SighashType type = SighashType.Default)
    {
        var digest = new byte[32];
        return TryTaproot(input, (byte)type, TaprootSpend.Leaf(leaf.Hash), digest) ? digest : throw Refused(input, type);
    }

    /// <summary>The digest of a version 0 witness spend (BIP-143).</summary>
    /// <param name="input">Index of the input signed.</param>
    /// <param name="scriptCode">The witness script, or for P2WPKH what <see cref="PubkeyHashScriptCode"/> gives.</param>
    /// <param name="type">Any byte is hashed; only the defined ones relay.</param>
    /// <exception cref="ArgumentException">No such input.</exception>
    public byte[] WitnessV0(int input, ReadOnlySpan<byte> scriptCode, SighashType type = SighashType.All)
    {
        var digest = new byte[32];
        WitnessV0(input, scriptCode, (byte)type, digest);
        return digest;
    }

    /// <summary>DUP HASH160 hash EQUALVERIFY CHECKSIG: what a P2WPKH signature commits to as its script.</summary>
    /// <param name="hash20">HASH160 of the key.</param>
    public static byte[] PubkeyHashScriptCode(ReadOnlySpan<byte> hash20) => [0x76, 0xa9, 0x14, .. hash20, 0x88, 0xac];

    /// <summary>Writes a BIP-341 digest; false for a type that does not exist or SINGLE without the output of that index.</summary>
    internal bool TryTaproot(int input, byte type, TaprootSpend spend, Span<byte> digest32)
    {
        CheckIndex(input);
        var outputs = type & 3;
        var single = outputs == (byte)SighashType.Single;
        if (!SighashTypes.IsTaproot(type) || (single && input >= Transaction.Outputs.Length))
        {
            return false;
        }

        var size = 256 + _prevouts[input].ScriptPubKey.Length;
        var message = size <= 1_024 ? stackalloc byte[size] : new byte[size];
        var length = WriteMessage(message, input, type, spend);
        TaggedHash.TapSighash.Of(message[..length], [], [], digest32);
        return true;
    }

    private int WriteMessage(Span<byte> message, int input, byte type, TaprootSpend spend)
    {
        var anyone = (type & (byte)SighashType.AnyoneCanPay) != 0;
        var writer = new SpanWriter(message);
        writer.Byte(0);
        writer.Byte(type);
        writer.Int32(Transaction.Version);
        writer.UInt32(Transaction.LockTime);
        if (!anyone)
        {
            writer.Bytes(Shared.TaprootInputs);
        }

        if ((type & 3) is not ((byte)SighashType.None or (byte)SighashType.Single))
        {
            writer.Bytes(Shared.Outputs);
        }

        writer.Byte((byte)(spend.LeafHash.IsEmpty ? 0 : 2));
        if (anyone)
        {
            WriteOwnInput(ref writer, input);
        }
        else
        {
            writer.UInt32((uint)input);
        }

        WriteTail(ref writer, input, type, spend);
        return writer.Length;
    }

    private void WriteOwnInput(ref SpanWriter writer, int input)
    {
        var item = Transaction.Inputs[input];
        var script = _prevouts[input].ScriptPubKey.Bytes;
        writer.Bytes(item.PreviousOutput.Txid.Wire);
        writer.UInt32(item.PreviousOutput.Vout);
        writer.Int64(_prevouts[input].Value.Value);
        writer.CompactSize((ulong)script.Length);
        writer.Bytes(script);
        writer.UInt32(item.Sequence);
    }

    private void WriteTail(ref SpanWriter writer, int input, byte type, TaprootSpend spend)
    {
        if ((type & 3) == (byte)SighashType.Single)
        {
            TransactionHashes.HashOutput(Transaction.Outputs[input], writer.Reserve(32));
        }

        if (!spend.LeafHash.IsEmpty)
        {
            writer.Bytes(spend.LeafHash);
            writer.Byte(0);
            writer.UInt32(spend.CodeSeparator);
        }
    }

    /// <summary>Writes a BIP-143 digest.</summary>
    internal void WitnessV0(int input, ReadOnlySpan<byte> scriptCode, byte type, Span<byte> digest32)
    {
        CheckIndex(input);
        var anyone = (type & (byte)SighashType.AnyoneCanPay) != 0;
        var outputs = type & 0x1f;
        var partial = outputs is (byte)SighashType.None or (byte)SighashType.Single;
        var item = Transaction.Inputs[input];
        var total = 170 + scriptCode.Length;
        var writer = new SpanWriter(total <= 1_024 ? stackalloc byte[total] : new byte[total]);
        writer.Int32(Transaction.Version);
        writer.Bytes(anyone ? TransactionHashes.Nothing : Shared.V0Prevouts);
        writer.Bytes(anyone || partial ? TransactionHashes.Nothing : Shared.V0Sequences);
        writer.Bytes(item.PreviousOutput.Txid.Wire);
        writer.UInt32(item.PreviousOutput.Vout);
        writer.CompactSize((ulong)scriptCode.Length);
        writer.Bytes(scriptCode);
        writer.Int64(_prevouts[input].Value.Value);
        writer.UInt32(item.Sequence);
        if (!partial)
        {
            writer.Bytes(Shared.V0Outputs);
        }
        else
        {
            var slot = writer.Reserve(32);
            slot.Clear();
            if (outputs == (byte)SighashType.Single && input < Transaction.Outputs.Length)
            {
                TransactionHashes.HashOutput(Transaction.Outputs[input], slot);
                SHA256.HashData(slot, slot);
            }
        }

        writer.UInt32(Transaction.LockTime);
        writer.UInt32(type);
        SHA256.HashData(writer.Written, digest32);
        SHA256.HashData(digest32, digest32);
    }

    private void CheckIndex(int input)
    {
        if (input < 0 || input >= Transaction.Inputs.Length)
        {
            throw new ArgumentException($"input {input} of a transaction with {Transaction.Inputs.Length}", nameof(input));
        }
    }

    private static ArgumentException Refused(int input, SighashType type)
        => new($"sighash type {(byte)type:x2} does not exist for input {input}", nameof(type));
}

/// <summary>What a taproot digest commits to besides the transaction; the default value is a key path spend. Never an annex.</summary>
internal readonly ref struct TaprootSpend
{
    /// <summary>32 bytes, or empty for the key path.</summary>
    public ReadOnlySpan<byte> LeafHash { get; init; }

    /// <summary>Opcode position of the last OP_CODESEPARATOR executed.</summary>
    public uint CodeSeparator { get; init; }

    public static TaprootSpend Leaf(ReadOnlySpan<byte> leafHash) => new() { LeafHash = leafHash, CodeSeparator = 0xffff_ffff };
}
