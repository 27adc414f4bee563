using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>The hashes that the digests of all inputs of one transaction share.</summary>
internal sealed class TransactionHashes
{
    public static readonly byte[] Nothing = new byte[32];

    // prevouts, amounts, scripts, sequences (the order of BIP-341), then outputs
    private readonly byte[] _single = new byte[160];
    private byte[]? _double;

    public TransactionHashes(Transaction transaction, ImmutableArray<TxOut> prevouts)
    {
        var inputs = transaction.Inputs;
        var scripts = 0;
        foreach (var prevout in prevouts)
        {
            scripts += prevout.ScriptPubKey.Length + 9;
        }

        var outputs = 0;
        foreach (var output in transaction.Outputs)
        {
            outputs += output.ScriptPubKey.Length + 17;
        }

        var size = Math.Max(Math.Max(inputs.Length * 36, scripts), outputs);
        byte[]? rented = null;
        var buffer = size <= 1_024 ? stackalloc byte[size] : rented = ArrayPool<byte>.Shared.Rent(size);
        HashInputs(inputs, prevouts, buffer);
        var writer = new SpanWriter(buffer);
        foreach (var output in transaction.Outputs)
        {
            Write(ref writer, output);
        }

        SHA256.HashData(writer.Written, _single.AsSpan(128));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>sha_prevouts ‖ sha_amounts ‖ sha_scriptpubkeys ‖ sha_sequences, 128 bytes.</summary>
    public ReadOnlySpan<byte> TaprootInputs => _single.AsSpan(0, 128);

    public ReadOnlySpan<byte> Outputs => _single.AsSpan(128);

    public ReadOnlySpan<byte> V0Prevouts => Double.AsSpan(0, 32);

    public ReadOnlySpan<byte> V0Sequences => Double.AsSpan(96, 32);

    public ReadOnlySpan<byte> V0Outputs => Double.AsSpan(128, 32);

    private byte[] Double => _double ??= HashAgain();

    public static void HashOutput(TxOut output, Span<byte> digest32)
    {
        var size = output.ScriptPubKey.Length + 17;
        var writer = new SpanWriter(size <= 1_024 ? stackalloc byte[size] : new byte[size]);
        Write(ref writer, output);
        SHA256.HashData(writer.Written, digest32);
    }

    private void HashInputs(ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> prevouts, Span<byte> buffer)
    {
        var points = new SpanWriter(buffer);
        foreach (var input in inputs)
        {
            points.Bytes(input.PreviousOutput.Txid.Wire);
            points.UInt32(input.PreviousOutput.Vout);
        }

        SHA256.HashData(points.Written, _single.AsSpan(0, 32));
        var amounts = new SpanWriter(buffer);
        foreach (var prevout in prevouts)
        {
            amounts.Int64(prevout.Value.Value);
        }

        SHA256.HashData(amounts.Written, _single.AsSpan(32, 32));
        var scripts = new SpanWriter(buffer);
        foreach (var prevout in prevouts)
        {
            scripts.CompactSize((ulong)prevout.ScriptPubKey.Length);
            scripts.Bytes(prevout.ScriptPubKey.Bytes);
        }

        SHA256.HashData(scripts.Written, _single.AsSpan(64, 32));
        var sequences = new SpanWriter(buffer);
        foreach (var input in inputs)
        {
            sequences.UInt32(input.Sequence);
        }

        SHA256.HashData(sequences.Written, _single.AsSpan(96, 32));
    }

    private static void Write(ref SpanWriter writer, TxOut output)
    {
        writer.Int64(output.Value.Value);
        writer.CompactSize((ulong)output.ScriptPubKey.Length);
        writer.Bytes(output.ScriptPubKey.Bytes);
    }

    private byte[] HashAgain()
    {
        var result = new byte[160];
        for (var at = 0; at < 160; at += 32)
        {
            SHA256.HashData(_single.AsSpan(at, 32), result.AsSpan(at, 32));
        }

        return result;
    }
}
