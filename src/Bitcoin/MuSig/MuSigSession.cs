namespace Coordinator.Bitcoin;

/// <summary>
/// One message being signed by one aggregate of keys with one aggregate nonce, with or without an adaptor point. The adaptor point is
/// added after the nonce coefficient is hashed (dlctix.md §11.4). Immutable; holds no secret.
/// </summary>
public sealed class MuSigSession
{
    private readonly byte[] _values = new byte[SessionMath.Size];
    private readonly byte[] _message;

    /// <param name="keys">The members and their tweaks.</param>
    /// <param name="nonce">The sum of all members' public nonces.</param>
    /// <param name="message">What is signed; 32 bytes for a sighash.</param>
    /// <param name="adaptor">The point whose scalar completes the signature; none for an ordinary signature.</param>
    public MuSigSession(KeyAggregate keys, AggregateNonce nonce, ReadOnlySpan<byte> message, PublicKey? adaptor = null)
    {
        Keys = keys;
        Adaptor = adaptor;
        _message = message.ToArray();
        SessionMath.Open(keys, nonce.Points, message, adaptor, _values);
    }

    public KeyAggregate Keys { get; }

    public PublicKey? Adaptor { get; }

    /// <summary>b, 32 bytes.</summary>
    public ReadOnlySpan<byte> NonceCoefficient => SessionMath.B(_values);

    /// <summary>e, 32 bytes.</summary>
    public ReadOnlySpan<byte> Challenge => SessionMath.E(_values);

    /// <summary>R without the adaptor point.</summary>
    public PublicKey FinalNonce => PublicKey.FromParsed(SessionMath.R(_values));

    internal ReadOnlySpan<byte> Values => _values;

    /// <summary>
    /// Signs and spends the nonce: it is wiped whatever happens, and a second use throws. The result is not verified here; verify the
    /// aggregate.
    /// </summary>
    /// <exception cref="MuSigException">The signer is not a member, or the nonce was drawn for another key or is spent.</exception>
    public PartialSignature Sign(SecretKey signer, SecretNonce nonce)
    {
        var member = Keys.IndexOf(signer.PublicKey);
        return nonce.Spend(signer.PublicKey, secret =>
        {
            if (member < 0)
            {
                throw new MuSigException("the signer's key is not among the members");
            }

            Span<byte> partial = stackalloc byte[32];
            SessionMath.Sign(Keys, member, _values, signer.Bytes, secret, partial);
            return PartialSignature.FromTrusted(partial);
        });
    }

    /// <summary>
    /// True where the member at this position made this partial signature with this public nonce. False is proof of a lie.
    /// </summary>
    public bool Verify(int member, PublicNonce nonce, PartialSignature partial)
        => SessionMath.VerifyPartial(Keys, member, _values, nonce.Points, partial.Bytes);

    /// <summary>The signature of all members, where there is no adaptor point; null where the sum does not verify.</summary>
    public CompactSignature? Aggregate(IReadOnlyList<PartialSignature> partials)
    {
        if (Adaptor is not null)
        {
            throw new InvalidOperationException("a session with an adaptor point gives an adaptor signature");
        }

        Span<byte> signature = stackalloc byte[SessionMath.SignatureSize];
        return Finish(partials, signature) ? CompactSignature.TryFrom(signature[1..]) : null;
    }

    /// <summary>The adaptor signature of all members; null where the sum does not verify.</summary>
    public AdaptorSignature? AggregateAdaptor(IReadOnlyList<PartialSignature> partials)
    {
        if (Adaptor is null)
        {
            throw new InvalidOperationException("a session without an adaptor point gives a compact signature");
        }

        Span<byte> signature = stackalloc byte[SessionMath.SignatureSize];
        return Finish(partials, signature) ? AdaptorSignature.TryFrom(signature) : null;
    }

    private bool Finish(IReadOnlyList<PartialSignature> partials, Span<byte> signature65)
    {
        Span<byte> sum = stackalloc byte[32];
        foreach (var partial in partials)
        {
            Scalars.Add(sum, partial.Bytes);
        }

        return SessionMath.Finish(Keys, _values, _message, Adaptor is not null, sum, signature65);
    }
}
