namespace Coordinator.Bitcoin;

/// <summary>Many messages signed together. Must answer the same every time and from any thread.</summary>
public interface ISigningBatch
{
    int Count { get; }

    /// <summary>The aggregate that signs this message.</summary>
    KeyAggregate Keys(int index);

    /// <summary>The 32 bytes to sign.</summary>
    ReadOnlySpan<byte> Message(int index);

    /// <summary>The adaptor point, null for an ordinary signature.</summary>
    PublicKey? Adaptor(int index);
}

/// <summary>The session values of a batch, computed once per message and shared by signing, blame and aggregation. Holds no secret.</summary>
public sealed class SessionTable
{
    private readonly byte[] _values;
    private readonly ISigningBatch _batch;

    private SessionTable(ISigningBatch batch, byte[] values)
    {
        _batch = batch;
        _values = values;
    }

    public int Count => _batch.Count;

    /// <summary>Bytes of one finished signature: R without the adaptor point, 33 bytes ‖ s. The last 64 are the compact signature.</summary>
    public static int SignatureSize => SessionMath.SignatureSize;

    internal ReadOnlySpan<byte> this[int index] => _values.AsSpan(index * SessionMath.Size, SessionMath.Size);

    /// <summary>Computes b, R and e of every message. <paramref name="aggregates"/> has one entry per message of the batch.</summary>
    public static SessionTable Open(ISigningBatch batch, NonceTable aggregates, RangeRunner? runner = null)
    {
        if (aggregates.Count != batch.Count)
        {
            throw new MuSigException($"{batch.Count} aggregate nonces are needed, {aggregates.Count} were given");
        }

        var values = new byte[batch.Count * SessionMath.Size];
        RangeRunners.Or(runner)(batch.Count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var session = values.AsSpan(i * SessionMath.Size, SessionMath.Size);
                SessionMath.Open(batch.Keys(i), aggregates[i], batch.Message(i), batch.Adaptor(i), session);
            }
        });
        return new(batch, values);
    }

    /// <summary>Whether the signer with this key made this partial signature (32 bytes) with this entry of its nonces.</summary>
    public bool VerifyPartial(int index, PublicKey signer, NonceTable nonces, int position, ReadOnlySpan<byte> partial32)
    {
        var keys = _batch.Keys(index);
        var member = keys.IndexOf(signer);
        return member >= 0 && SessionMath.VerifyPartial(keys, member, this[index], nonces[position], partial32);
    }

    /// <summary>
    /// Finishes one message: adds up its partial signatures (32 bytes each, packed), writes R ‖ s, and verifies that. False where somebody
    /// lied; then <see cref="VerifyPartial"/> tells who.
    /// </summary>
    public bool TryFinish(int index, ReadOnlySpan<byte> partials, Span<byte> signature65)
    {
        Span<byte> sum = stackalloc byte[32];
        for (var at = 0; at + 32 <= partials.Length; at += 32)
        {
            Scalars.Add(sum, partials.Slice(at, 32));
        }

        return SessionMath.Finish(_batch.Keys(index), this[index], _batch.Message(index), _batch.Adaptor(index) is not null, sum, signature65);
    }
}
