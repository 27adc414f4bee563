using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>A registered seat that speaks for itself: its authentication key for one keygen session. Wiped when disposed.</summary>
public sealed class KeymeldParticipant : IDisposable
{
    private readonly SecretKey _auth;

    /// <param name="keygenSession">The keygen session; the key is bound to it.</param>
    /// <param name="user">The seat's user id.</param>
    /// <param name="signingKey">The seat's signing key; stays the caller's and is not kept.</param>
    public KeymeldParticipant(Guid keygenSession, Guid user, SecretKey signingKey)
    {
        (KeygenSession, User) = (keygenSession, user);
        _auth = ParticipantAuth.Derive(signingKey, keygenSession);
    }

    /// <summary>The keygen session.</summary>
    public Guid KeygenSession { get; }

    /// <summary>The seat's user id.</summary>
    public Guid User { get; }

    /// <summary>What the seat is registered with.</summary>
    public PublicKey AuthPublicKey => _auth.PublicKey;

    /// <summary>A new <c>X-User-Signature</c> for a signing session; good for one request.</summary>
    public string Header(Guid signing) => ParticipantAuth.Header(_auth, UuidText.Of(signing), UuidText.Of(User));

    /// <inheritdoc/>
    public override string ToString() => $"{UuidText.Of(User)} of {UuidText.Of(KeygenSession)}";

    /// <summary>Wipes the key; safe to call twice.</summary>
    public void Dispose() => _auth.Dispose();
}
