using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>What a gateway says it is (<c>GET /version</c>).</summary>
/// <param name="Service">0.3 says <c>KeyMeld Gateway</c>.</param>
/// <param name="Version">The package version; every 0.3 release says <c>0.1.0</c>.</param>
/// <param name="ApiVersion">0.3 says <c>v1</c>.</param>
/// <param name="AuthorizationProtocol">Null in 0.3; 1 in 0.4.</param>
public sealed record GatewayVersion(string Service, string Version, string ApiVersion, int? AuthorizationProtocol);

/// <summary>An enclave's encryption key.</summary>
/// <param name="Id">The enclave's number.</param>
/// <param name="Key">What secrets for it are encrypted to.</param>
/// <param name="Epoch">Rises by one with every restart of the enclave; sent along with everything encrypted to the key.</param>
/// <param name="Healthy">What the gateway thinks of it.</param>
public sealed record EnclaveKey(int Id, PublicKey Key, int Epoch, bool Healthy);

/// <summary>A subset of the participants with an aggregate of its own.</summary>
/// <param name="Id">Unique in the plan.</param>
/// <param name="Members">At least two participants, the coordinator among them, none twice.</param>
public sealed record SubsetDefinition(Guid Id, ImmutableArray<Guid> Members);

/// <summary>A keygen session to be reserved. Fixed once reserved.</summary>
/// <param name="Session">New, made by the caller.</param>
/// <param name="CoordinatorUser">Byte-wise smaller than every other participant.</param>
/// <param name="Participants">Everybody, the coordinator included; 2 to 1000.</param>
/// <param name="Timeout">1 s to 24 h from the reservation, whole seconds; registration and signing must fit.</param>
/// <param name="MaximumSigningSessions">The gateway's default (100) where null.</param>
/// <param name="Subsets">At most 200.</param>
public sealed record KeygenPlan(
    Guid Session,
    Guid CoordinatorUser,
    ImmutableArray<Guid> Participants,
    TimeSpan Timeout,
    int? MaximumSigningSessions,
    ImmutableArray<SubsetDefinition> Subsets)
{
    /// <summary>The most participants of a session.</summary>
    public const int MostParticipants = 1_000;

    /// <summary>The most subsets of a session.</summary>
    public const int MostSubsets = 200;

    /// <summary>The longest a session lives.</summary>
    public static TimeSpan LongestTimeout { get; } = TimeSpan.FromHours(24);

    /// <summary>What is wrong with the plan, one sentence each; empty where nothing.</summary>
    public IEnumerable<string> Complaints()
    {
        var known = Participants.ToHashSet();
        if (Participants.Length is < 2 or > MostParticipants)
        {
            yield return $"{Participants.Length} participants; a session has 2 to {MostParticipants}";
        }

        if (known.Count != Participants.Length)
        {
            yield return "a participant is named twice";
        }

        if (!known.Contains(CoordinatorUser))
        {
            yield return "the coordinator is not among the participants";
        }

        if (Participants.Any(user => user != CoordinatorUser && UuidText.Compare(user, CoordinatorUser) < 0))
        {
            yield return "the coordinator's user id is not the smallest: a 0.3 gateway would never finish signing";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > LongestTimeout)
        {
            yield return $"a timeout of {Timeout}; a session lives 1 s to 24 h";
        }

        if (MaximumSigningSessions is < 1)
        {
            yield return $"{MaximumSigningSessions} signing sessions; at least one is needed";
        }

        foreach (var complaint in SubsetComplaints(known))
        {
            yield return complaint;
        }
    }

    private IEnumerable<string> SubsetComplaints(HashSet<Guid> known)
    {
        if (Subsets.Length > MostSubsets)
        {
            yield return $"{Subsets.Length} subsets; a session has at most {MostSubsets}";
        }

        if (Subsets.Select(subset => subset.Id).Distinct().Count() != Subsets.Length)
        {
            yield return "a subset id is used twice";
        }

        foreach (var subset in Subsets)
        {
            if (subset.Members.Length < 2 || subset.Members.Distinct().Count() != subset.Members.Length
                || !subset.Members.All(known.Contains) || !subset.Members.Contains(CoordinatorUser))
            {
                yield return $"subset {UuidText.Of(subset.Id)}: it needs the coordinator and other participants, none twice, no stranger";
            }
        }
    }
}

/// <summary>A reserved session.</summary>
/// <param name="Session">As asked for.</param>
/// <param name="Coordinator">The enclave that finalises signatures: session secret and coordinator key are encrypted to it.</param>
/// <param name="ExpiresAt">When the gateway forgets the session, completed or not.</param>
public sealed record KeygenReservation(Guid Session, EnclaveKey Coordinator, DateTimeOffset ExpiresAt);

/// <summary>A participant's seat.</summary>
/// <param name="User">Whose.</param>
/// <param name="Enclave">The enclave that will hold its key.</param>
/// <param name="Claimed">True once registered; a 0.3 gateway does not show those.</param>
public sealed record KeygenSlot(Guid User, int Enclave, bool Claimed);

/// <summary>What registers a seat.</summary>
/// <param name="Session">The keygen session.</param>
/// <param name="User">A participant of it.</param>
/// <param name="EncryptedPrivateKey">186 hex digits: <see cref="EnclaveBox"/> of the 32-byte key to the enclave's key.</param>
/// <param name="PublicKey">The key's point; what becomes part of the aggregate.</param>
/// <param name="AuthPublicKey">Derived from the key for this session (<see cref="SeatKeys"/>).</param>
/// <param name="Enclave">The key and epoch that the private key was encrypted to.</param>
/// <param name="RequireApproval">True where no signing may go on without this seat's approval.</param>
public sealed record SeatRegistration(
    Guid Session,
    Guid User,
    string EncryptedPrivateKey,
    PublicKey PublicKey,
    PublicKey AuthPublicKey,
    EnclaveKey Enclave,
    bool RequireApproval);

/// <summary>Where a keygen session stands.</summary>
public enum KeygenState
{
    /// <summary>Not initialised yet.</summary>
    Reserved,

    /// <summary>Registrations are taken.</summary>
    CollectingParticipants,

    /// <summary>The aggregates are known.</summary>
    Completed,

    /// <summary>It will never be.</summary>
    Failed,
}

/// <summary>A keygen session now.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Expected">How many participants it waits for.</param>
/// <param name="Registered">How many have registered.</param>
/// <param name="Aggregate">Everybody's key, decrypted; null until completed. Compare it with your own.</param>
/// <param name="Subsets">Aggregates by subset id, decrypted; empty until completed. Compare them with your own.</param>
public sealed record KeygenStatus(
    KeygenState State, int Expected, int Registered, PublicKey? Aggregate, IReadOnlyDictionary<Guid, PublicKey> Subsets);
