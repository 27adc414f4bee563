using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

// The contract's known answers prescribe the nonces, which only these internals allow.
[assembly: InternalsVisibleTo("Coordinator.Dlc.Tests")]
[assembly: InternalsVisibleTo("Coordinator.Keymeld.Tests")]

namespace Coordinator.Bitcoin;

/// <summary>
/// The secret nonces of one signer for a whole batch, good for exactly one set of partial signatures: spending takes them all out
/// atomically and wipes them. Cannot be copied, printed or serialised.
/// </summary>
public sealed class SecretNonceSet : IDisposable
{
    private readonly PublicKey _signer;
    private readonly int _count;
    private byte[]? _secrets;

    private SecretNonceSet(PublicKey signer, byte[] secrets)
    {
        _signer = signer;
        _secrets = secrets;
        _count = secrets.Length / NonceDerivation.SecretSize;
    }

    public bool IsSpent => Volatile.Read(ref _secrets) is null;

    /// <summary>
    /// Draws fresh nonces from the operating system's random source. Each is bound to its key, its aggregate, its message and, as extra
    /// input, to <paramref name="binding"/> ‖ its position (BIP-327, NonceGen).
    /// </summary>
    /// <param name="signer">Whose nonces.</param>
    /// <param name="batch">What they are for.</param>
    /// <param name="binding">What names the round.</param>
    /// <param name="publicNonces">The public nonces, in the order of the batch.</param>
    /// <param name="runner">Who runs the ranges; one after the other when null.</param>
    public static SecretNonceSet Draw(
        SecretKey signer, ISigningBatch batch, ReadOnlyMemory<byte> binding, out NonceTable publicNonces, RangeRunner? runner = null)
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
                    BinaryPrimitives.WriteInt32BigEndian(extra.AsSpan(binding.Length), i);
                    var input = new NonceDerivation.Input
                    {
                        Secret = signer.Bytes,
                        PublicKey = signer.PublicKey.Bytes,
                        AggregateKey = batch.Keys(i).Key.Bytes[1..],
                        HasMessage = true,
                        Message = batch.Message(i),
                        Extra = extra,
                    };
                    var secret = secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize);
                    NonceDerivation.Derive(random.AsSpan(i * 32, 32), input, secret);
                }
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(random);
        }

        publicNonces = PublicOf(secrets, RangeRunners.Or(runner));
        return new(signer.PublicKey, secrets);
    }

    /// <summary>Nonces made of known seeds by the rule of musig2 up to 0.3.1 (seed and secret key only); for known answers only.</summary>
    internal static SecretNonceSet FromSeeds(SecretKey signer, IReadOnlyList<byte[]> seeds, out NonceTable publicNonces)
    {
        var secrets = new byte[seeds.Count * NonceDerivation.SecretSize];
        for (var i = 0; i < seeds.Count; i++)
        {
            var input = new NonceDerivation.Input { Secret = signer.Bytes, PublicKey = signer.PublicKey.Bytes, IsLegacy = true };
            NonceDerivation.Derive(seeds[i], input, secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize));
        }

        publicNonces = PublicOf(secrets, RangeRunners.Sequential);
        return new(signer.PublicKey, secrets);
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

    private static NonceTable PublicOf(byte[] secrets, RangeRunner runner)
    {
        var count = secrets.Length / NonceDerivation.SecretSize;
        var points = new byte[count * NonceTable.EntrySize];
        runner(count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                NonceDerivation.ToPoints(
                    secrets.AsSpan(i * NonceDerivation.SecretSize, NonceDerivation.SecretSize),
                    points.AsSpan(i * NonceTable.EntrySize, NonceTable.EntrySize));
            }
        });
        return NonceTable.FromTrusted(points);
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
