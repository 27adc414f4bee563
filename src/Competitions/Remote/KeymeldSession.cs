using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>The key generation session of one competition at a Keymeld gateway (keymeld.md §7, D13, D14). Its secret is sealed.</summary>
/// <param name="Id">UUIDv7; auth keys and enclave assignment depend on it.</param>
/// <param name="CoordinatorUser">The coordinator's user id: smaller than every ticket id, kept for the life of the session.</param>
/// <param name="GatewayUrl">What players are told.</param>
/// <param name="SealedSecret">The session secret, sealed with the coordinator's key.</param>
/// <param name="ExpiresAt">When the service forgets the session.</param>
/// <param name="Enclaves">The keys that were pinned when the session was made; another key ends the competition.</param>
/// <param name="Seats">The coordinator's and one for each ticket, ascending by user id.</param>
public sealed record KeymeldSession(
    Guid Id,
    Guid CoordinatorUser,
    string GatewayUrl,
    string SealedSecret,
    DateTimeOffset ExpiresAt,
    ImmutableArray<KeymeldEnclave> Enclaves,
    ImmutableArray<KeymeldSeat> Seats)
{
    /// <summary>What the probe of the gateway found; null until it is done (D13).</summary>
    public KeymeldProbe? Probe { get; init; }

    /// <summary>The signing sessions that made the contract's signatures; empty before.</summary>
    public ImmutableArray<Guid> SigningSessions { get; init; } = [];

    /// <summary>Everybody's key is with the service.</summary>
    [JsonIgnore]
    public bool AllRegistered => Seats.All(seat => seat.Epoch is not null);

    public KeymeldSeat? Seat(Guid user) => Seats.FirstOrDefault(seat => seat.User == user);

    /// <summary>The pinned enclave that holds a user's key.</summary>
    public KeymeldEnclave? EnclaveOf(Guid user) => Seat(user) is { } seat ? Enclaves.FirstOrDefault(enclave => enclave.Id == seat.Enclave) : null;

    public bool IsRegistered(Guid user) => Seat(user)?.Epoch is not null;

    /// <summary>The players' user ids, in the order of the contract's players.</summary>
    public IEnumerable<Guid> Tickets() => Seats.Where(seat => seat.User != CoordinatorUser).Select(seat => seat.User);

    internal KeymeldSession Put(KeymeldSeat changed) => Seat(changed.User) is { } old ? this with { Seats = Seats.Replace(old, changed) } : this;
}

/// <param name="Key">Pinned: from the configuration, or, on regtest, as first seen.</param>
/// <param name="Epoch">The key's epoch when the session was made.</param>
public sealed record KeymeldEnclave(int Id, PublicKey Key, int Epoch);

/// <summary>One user's place in the session.</summary>
/// <param name="User">A ticket's id, or the coordinator's user id.</param>
/// <param name="Enclave">The enclave that gets the user's key.</param>
/// <param name="Epoch">The enclave's epoch at registration, 0 where it is not known; null while the key is not registered.</param>
/// <param name="Before">An earlier registration became stale by a new epoch and has to be made again.</param>
public sealed record KeymeldSeat(Guid User, int Enclave, int? Epoch, bool Before = false);

/// <param name="Safe">The gateway refused a second registration and did not go on without approval: the session secret may be shared.</param>
/// <param name="Detail">For the operator.</param>
public sealed record KeymeldProbe(bool Safe, string Detail);

/// <summary>One signing session's share of the contract's items.</summary>
/// <param name="Index">Its position in the plan.</param>
/// <param name="Session">Its random id: on disk before the service hears of it, and nobody else knows it.</param>
/// <param name="Attempt">From 1; a failed session is followed by another one.</param>
/// <param name="Posted">The service waits for the coordinator's approval, or had it; written before the approval is sent.</param>
/// <param name="Signatures">Hash of the stored, verified signatures.</param>
public sealed record RemoteBatch(int Index, Guid Session, int Attempt, bool Posted, Hash32? Signatures);
