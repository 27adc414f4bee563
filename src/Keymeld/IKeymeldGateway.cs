using System.Collections.Immutable;

using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>A Keymeld gateway: remote enclaves that hold the players' keys and sign for them by MuSig2.</summary>
/// <remarks>
/// No call throws for what the gateway or the network does; see <see cref="KeymeldAnswer{T}"/>. Only a cancelled
/// <see cref="CancellationToken"/> of the caller ends in <see cref="OperationCanceledException"/>, and a question that must never be asked
/// in <see cref="ArgumentException"/>. Secrets handed in stay the caller's and are not kept.
/// </remarks>
public interface IKeymeldGateway
{
    /// <summary>What the gateway says it is. Safe to repeat.</summary>
    Task<KeymeldAnswer<GatewayVersion>> GetVersionAsync(CancellationToken cancellation);

    /// <summary>All enclaves with a key, by ascending number. Safe to repeat.</summary>
    Task<KeymeldAnswer<ImmutableArray<EnclaveKey>>> GetEnclavesAsync(CancellationToken cancellation);

    /// <summary>One enclave's key and epoch now. Safe to repeat.</summary>
    Task<KeymeldAnswer<EnclaveKey>> GetEnclaveAsync(int enclave, CancellationToken cancellation);

    /// <summary>Reserves a keygen session with its subsets, session tweak "none". A repeat of a reservation that worked is refused (400):
    /// take a new session id rather than finding out.</summary>
    /// <exception cref="ArgumentException">The plan has a complaint (<see cref="KeygenPlan.Complaints"/>), above all a coordinator id that
    /// is not the smallest.</exception>
    Task<KeymeldAnswer<KeygenReservation>> ReserveAsync(KeygenPlan plan, SessionSecret secret, CancellationToken cancellation);

    /// <summary>Hands the session secret and a copy of the coordinator's key to the coordinator enclave of the reservation; checks that the
    /// gateway echoes our session key. A repeat of one that worked is refused (400).</summary>
    /// <remarks>Compare the reservation's key with the pinned one before calling this: the coordinator's key is encrypted to it.</remarks>
    Task<KeymeldAnswer<Acknowledged>> InitializeAsync(
        KeygenPlan plan, KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret, CancellationToken cancellation);

    /// <summary>The seats and their enclaves while registrations are taken; a 0.3 gateway shows only those that are free. Safe to
    /// repeat.</summary>
    Task<KeymeldAnswer<ImmutableArray<KeygenSlot>>> GetSlotsAsync(Guid session, SessionSecret secret, CancellationToken cancellation);

    /// <summary>Registers a seat. An identical repeat is harmless on a strict gateway; after anything but Done read slots or
    /// status.</summary>
    Task<KeymeldAnswer<Acknowledged>> RegisterAsync(SeatRegistration registration, SessionSecret secret, CancellationToken cancellation);

    /// <summary>How far keygen is; with the decrypted aggregates once it is completed. 400 while only reserved, 404 once expired. Safe to
    /// repeat.</summary>
    Task<KeymeldAnswer<KeygenStatus>> GetKeygenAsync(Guid session, SessionSecret secret, CancellationToken cancellation);

    /// <summary>Starts signing a batch. Never repeat it blindly: after anything but Done read the status of the same signing id; 404 =
    /// repeat with the same id.</summary>
    /// <exception cref="ArgumentException">The order has a complaint (<see cref="SigningOrder.Complaints"/>).</exception>
    Task<KeymeldAnswer<Acknowledged>> StartSigningAsync(SigningOrder order, SessionSecret secret, CancellationToken cancellation);

    /// <summary>How far a signing is; with its decrypted results once it is completed. Nothing in them is verified here. Safe to
    /// repeat.</summary>
    Task<KeymeldAnswer<SigningStatus>> GetSigningAsync(
        Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation);

    /// <summary>Approves a signing for a seat that was registered with approval required. Safe to repeat. 404 while the signing is not
    /// ready for it.</summary>
    Task<KeymeldAnswer<Acknowledged>> ApproveAsync(Guid signing, KeymeldParticipant me, CancellationToken cancellation);
}
