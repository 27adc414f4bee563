using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>What a nonce is bound to besides its randomness. Everything known should be given.</summary>
/// <param name="Keys">The aggregate that will sign, where known.</param>
/// <param name="Message">The message, where known.</param>
/// <param name="Extra">Anything else that must differ between sessions.</param>
public sealed record NonceContext(KeyAggregate? Keys = null, ReadOnlyMemory<byte>? Message = null, ReadOnlyMemory<byte> Extra = default);

/// <summary>
/// One secret nonce, good for exactly one partial signature: spending it takes the bytes out atomically and wipes them. It cannot be
/// copied, printed or serialised. Lives in memory only; after a restart a new one is drawn.
/// </summary>
public sealed class SecretNonce : IDisposable
{
    private readonly PublicKey _signer;
    private byte[]? _secret;

    private SecretNonce(PublicKey signer, byte[] secret)
    {
        _signer = signer;
        _secret = secret;
        var points = new byte[NonceTable.EntrySize];
        NonceDerivation.ToPoints(secret, points);
        Span<byte> wire = stackalloc byte[NonceTable.WireSize];
        NonceTable.Serialize(points, wire);
        Public = PublicNonce.TryFrom(wire) ?? throw new InvalidOperationException("a nonce has two finite points");
    }

    /// <summary>What the other signers may see.</summary>
    public PublicNonce Public { get; }

    /// <summary>True once a partial signature was made with it, or it was thrown away.</summary>
    public bool IsSpent => Volatile.Read(ref _secret) is null;

    /// <summary>A fresh nonce from the operating system's random source (BIP-327, NonceGen).</summary>
    public static SecretNonce Draw(SecretKey signer, NonceContext? context = null)
    {
        var random = RandomNumberGenerator.GetBytes(32);
        try
        {
            return Derive(random, signer, context ?? new NonceContext());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(random);
        }
    }

    /// <summary>The nonce of these 32 random bytes; for known answers only.</summary>
    internal static SecretNonce Derive(ReadOnlySpan<byte> random32, SecretKey signer, NonceContext context)
    {
        var input = new NonceDerivation.Input
        {
            Secret = signer.Bytes,
            PublicKey = signer.PublicKey.Bytes,
            AggregateKey = context.Keys is { } keys ? keys.Key.Bytes[1..] : default,
            HasMessage = context.Message is not null,
            Message = context.Message is { } message ? message.Span : default,
            Extra = context.Extra.Span,
        };
        var secret = new byte[NonceDerivation.SecretSize];
        NonceDerivation.Derive(random32, input, secret);
        return new(signer.PublicKey, secret);
    }

    /// <summary>A nonce with known k1 ‖ k2; for known answers only.</summary>
    internal static SecretNonce FromKnown(PublicKey signer, ReadOnlySpan<byte> secret64)
    {
        if (secret64.Length != NonceDerivation.SecretSize || Scalars.IsZero(secret64[..32]) || Scalars.IsZero(secret64[32..])
            || !Scalars.IsReduced(secret64[..32]) || !Scalars.IsReduced(secret64[32..]))
        {
            throw new MuSigException("a secret nonce is two scalars that are not zero");
        }

        return new(signer, secret64.ToArray());
    }

    /// <summary>Takes the secret out, hands it to <paramref name="use"/> and wipes it, whatever happens.</summary>
    internal T Spend<T>(PublicKey signer, Func<byte[], T> use)
    {
        var secret = Interlocked.Exchange(ref _secret, null) ?? throw new MuSigException("this secret nonce was already spent");
        try
        {
            return signer.Equals(_signer) ? use(secret) : throw new MuSigException("this secret nonce was drawn for another key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Wipes the secret; safe to call twice.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(Interlocked.Exchange(ref _secret, null));
}
