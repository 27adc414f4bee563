using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// One signer's side of one round: nonces out, one aggregate in, partial signatures out. Lives in memory only; disposing it or losing it
/// means a new round. Answers exactly one aggregate, however often asked (D8). Safe to call from several threads.
/// </summary>
public sealed class PlayerRound : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SecretKey _key;
    private readonly SecretNonceSet _secrets;
    private readonly RangeRunner? _runner;
    private byte[]? _answered;
    private SigMap<PartialSignature>? _partials;

    internal PlayerRound(SignerItems items, SecretKey key, SecretNonceSet secrets, NonceTable nonces, RangeRunner? runner)
    {
        (Items, _key, _secrets, _runner) = (items, key, secrets, runner);
        Nonces = SigMap<PublicNonce>.FromPacked(items.Shape, nonces.ToBytes());
    }

    public SignerItems Items { get; }

    /// <summary>The public nonces to send.</summary>
    public SigMap<PublicNonce> Nonces { get; }

    /// <summary>Draws the nonces of a round, for a contract that was built locally and verified.</summary>
    /// <param name="items">What the contract has to sign.</param>
    /// <param name="key">A player's key, or the market maker's. Stays the caller's and must live as long as the round.</param>
    /// <param name="binding">The round; goes into every nonce.</param>
    /// <param name="runner">Who runs the work; the calling thread where null.</param>
    /// <exception cref="SigningException">The key is nobody's in this contract, or the round is another contract's.</exception>
    public static PlayerRound Open(SigningItems items, SecretKey key, RoundBinding binding, RangeRunner? runner = null)
    {
        binding.Require(items.Dlc);
        var part = items.Find(key.PublicKey) ?? throw new SigningException("this key belongs to nobody in the contract");
        return new(part, key, SecretNonceSet.Draw(key, part, binding.Bytes, out var nonces, runner), nonces, runner);
    }

    /// <summary>
    /// Signs everything for one aggregate of nonces. The same aggregate again gets the same answer; another one is refused for ever.
    /// </summary>
    /// <param name="aggregates">This signer's part of the aggregate nonces, or all of them.</param>
    /// <exception cref="SigningException">Another aggregate was answered before, the round is over, or an entry is no nonce.</exception>
    public SigMap<PartialSignature> Sign(SigMap<AggregateNonce> aggregates)
    {
        var part = aggregates.Shape.Equals(Items.Shape) ? aggregates
            : aggregates.Shape.Equals(Items.AllItems.Shape) ? aggregates.For(Items)
            : throw new SigningException("the aggregate nonces have not the keys that this signer signs");
        var table = NonceTable.TryParse(part.Packed, allowInfinity: true, out var bad, _runner)
            ?? throw new SigningException($"{part.Shape.KeyAt(bad)}: not an aggregate nonce");
        return Sign(SHA256.HashData(part.Packed.Span), SessionTable.Open(Items, table, _runner));
    }

    /// <summary>Wipes what is left of the secret nonces; safe to call twice.</summary>
    public void Dispose() => _secrets.Dispose();

    /// <summary>For the coordinator, whose sessions of all items are its own.</summary>
    internal SigMap<PartialSignature> Sign(byte[] aggregateHash, SessionTable sessions)
    {
        lock (_gate)
        {
            if (_answered is not null)
            {
                return _answered.AsSpan().SequenceEqual(aggregateHash) && _partials is not null
                    ? _partials
                    : throw new SigningException("this round has answered another aggregate; only a new round may sign again");
            }

            _answered = aggregateHash; // before the nonces are touched: whatever fails now, they answer nothing else
            try
            {
                return _partials = SigMap<PartialSignature>.FromPacked(Items.Shape, _secrets.Spend(_key, Items, sessions, _runner));
            }
            catch (MuSigException refusal)
            {
                throw new SigningException(refusal.Message, refusal);
            }
        }
    }
}

/// <summary>A signing round refused; the message carries no secret.</summary>
public sealed class SigningException : Exception
{
    public SigningException(string message)
        : base(message)
    {
    }

    public SigningException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
