using System.Security.Cryptography;

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

/// <summary>
/// The secret nonces of one signer for a whole batch, good for exactly one set of partial signatures: spending takes them all out
/// atomically and wipes them. Cannot be copied, printed or serialised.
/// </summary>
public sealed class SecretNonceSet : IDisposable
{
    private readonly PublicKey _signer;
    private readonly int _count;
    private byte[]? _secrets;

    private SecretNonceSet(PublicKey signer, byte[] secrets, RangeRunner runner)
    {
        _signer = signer;
        _secrets = secrets;
        _count = secrets.Length / NonceDerivation.SecretSize;
        var points = new byte[_count * NonceTable.EntrySize];
        runner(_count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                NonceDerivation.ToPoints(
                    secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize),
                    points.AsSpan(i * NonceTable.EntrySize, NonceTable.EntrySize));
            }
        });
        Public = NonceTable.FromTrusted(points);
    }

    /// <summary>The public nonces, in the order of the batch.</summary>
    public NonceTable Public { get; }

    public bool IsSpent => Volatile.Read(ref _secrets) is null;

    /// <summary>
    /// Draws fresh nonces from the operating system's random source. Each is bound to its key, its aggregate, its message and, as extra
    /// input, to <paramref name="binding"/> ‖ its position (BIP-327, NonceGen).
    /// </summary>
    public static SecretNonceSet Draw(SecretKey signer, ISigningBatch batch, ReadOnlyMemory<byte> binding, RangeRunner? runner = null)
    {
        var random = RandomNumberGenerator.GetBytes(batch.Count * 32);
        var secrets = new byte[batch.Count * NonceDerivation.SecretSize];
        try
        {
            RangeRunners.Or(runner)(batch.Count, (from, to) =>
            {
                var extra = new byte[binding.Length + 4];
                binding.Span.CopyTo(extra);
                for (var i = from; i < to; i++)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(extra.AsSpan(binding.Length), i);
                    var input = new NonceDerivation.Input
                    {
                        Secret = signer.Bytes,
                        PublicKey = signer.PublicKey.Bytes,
                        AggregateKey = batch.Keys(i).Key.Bytes[1..],
                        HasMessage = true,
                        Message = batch.Message(i),
                        Extra = extra,
                    };
                    NonceDerivation.Derive(random.AsSpan(i * 32, 32), input, secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize));
                }
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(random);
        }

        return new(signer.PublicKey, secrets, RangeRunners.Or(runner));
    }

    /// <summary>Nonces made of known seeds by the rule of musig2 up to 0.3.1 (seed and secret key only); for known answers only.</summary>
    internal static SecretNonceSet FromSeeds(SecretKey signer, IReadOnlyList<byte[]> seeds)
    {
        var secrets = new byte[seeds.Count * NonceDerivation.SecretSize];
        for (var i = 0; i < seeds.Count; i++)
        {
            var input = new NonceDerivation.Input { Secret = signer.Bytes, PublicKey = signer.PublicKey.Bytes, IsLegacy = true };
            NonceDerivation.Derive(seeds[i], input, secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize));
        }

        return new(signer.PublicKey, secrets, RangeRunners.Sequential);
    }

    /// <summary>
    /// Signs every message of the batch and spends all nonces, whatever happens. Answers 32 bytes per message, packed.
    /// </summary>
    /// <exception cref="MuSigException">Already spent, another key, or the signer is not a member for some message.</exception>
    public byte[] Spend(SecretKey signer, ISigningBatch batch, SessionTable sessions, RangeRunner? runner = null)
    {
        var secrets = Interlocked.Exchange(ref _secrets, null) ?? throw new MuSigException("these secret nonces were already spent");
        try
        {
            if (!signer.PublicKey.Equals(_signer))
            {
                throw new MuSigException("these secret nonces were drawn for another key");
            }

            if (batch.Count != _count || sessions.Count != _count)
            {
                throw new MuSigException($"these are the nonces of {_count} messages, not of {batch.Count}");
            }

            return Sign(signer, batch, sessions, secrets, RangeRunners.Or(runner));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secrets);
        }
    }

    private static byte[] Sign(SecretKey signer, ISigningBatch batch, SessionTable sessions, byte[] secrets, RangeRunner runner)
    {
        var partials = new byte[batch.Count * 32];
        var isMember = true;
        runner(batch.Count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var keys = batch.Keys(i);
                var member = keys.IndexOf(signer.PublicKey);
                if (member < 0)
                {
                    isMember = false;
                    return;
                }

                SessionMath.Sign(
                    keys, member, sessions[i], signer.Bytes, secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize),
                    partials.AsSpan(i * 32, 32));
            }
        });
        return isMember ? partials : throw new MuSigException("the signer's key is not among the members of every message");
    }

    /// <summary>Wipes the secrets; safe to call twice.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(Interlocked.Exchange(ref _secrets, null));
}
