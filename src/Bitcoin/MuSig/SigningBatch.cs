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

/// <summary>
/// The session values of a batch, computed once per message and shared by signing, blame and aggregation. Holds no secret.
/// </summary>
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

    /// <summary>
    /// Bytes of one finished signature: R without the adaptor point, 33 bytes ‖ s. The last 64 are the compact signature.
    /// </summary>
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

        var hasAdaptor = _batch.Adaptor(index) is not null;
        return SessionMath.Finish(_batch.Keys(index), this[index], _batch.Message(index), hasAdaptor, sum, signature65);
    }

    /// <summary>
    /// The positions in <paramref name="claims"/> of those whose partial signature is wrong, for a message whose sum failed. Claims are
    /// looked at in order until the errors found explain the whole error, so known liars should come first. Empty only where all are right.
    /// </summary>
    public IReadOnlyList<int> FindLiars(int index, IReadOnlyList<PartialClaim> claims)
    {
        var keys = _batch.Keys(index);
        var session = this[index];
        Span<byte> signature = stackalloc byte[SessionMath.SignatureSize];
        Span<byte> rest = stackalloc byte[Points.Size];
        Span<byte> error = stackalloc byte[Points.Size];
        _ = TryFinish(index, [.. claims.SelectMany(claim => claim.Partial.ToArray())], signature);
        _ = SessionMath.SumError(
            signature[33..], SessionMath.R(session), SessionMath.IsOdd(session), SessionMath.E(session), keys.Key, rest);
        var liars = new List<int>();
        for (var i = 0; i < claims.Count && !Points.IsInfinity(rest); i++)
        {
            var claim = claims[i];
            var member = keys.IndexOf(claim.Signer);
            if (SessionMath.PartialError(keys, member, session, claim.Nonces[claim.Position], claim.Partial.Span, error))
            {
                liars.Add(i);
                Points.Negate(error);
                Points.Add(rest, error);
            }
        }

        return liars;
    }
}

/// <summary>One member's partial signature of one message, with the nonce it must fit.</summary>
/// <param name="Signer">A member of the message's aggregate.</param>
/// <param name="Nonces">The signer's public nonces.</param>
/// <param name="Position">The message's entry in them.</param>
/// <param name="Partial">32 bytes below the group order.</param>
public readonly record struct PartialClaim(PublicKey Signer, NonceTable Nonces, int Position, ReadOnlyMemory<byte> Partial);
