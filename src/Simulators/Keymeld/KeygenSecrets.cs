using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>A session that its enclaves cannot carry on; the message says why and holds no secret.</summary>
internal sealed class EnclaveStuckException(string message) : Exception(message);

/// <summary>What the enclaves know of a keygen session whose members are complete: the secret, the members' keys, the aggregates.
/// In memory only, opened again from the ciphertexts after a restart.</summary>
internal sealed class KeygenSecrets
{
    private readonly ImmutableArray<(Guid User, SecretKey Key)> _members;
    private readonly ImmutableSortedDictionary<Guid, SigningSet> _subsets;

    private KeygenSecrets(
        SessionSecret secret, ImmutableArray<(Guid, SecretKey)> members, SigningSet everybody, KeyAggregate sessionKey,
        ImmutableSortedDictionary<Guid, SigningSet> subsets)
        => (Secret, _members, Everybody, SessionKey, _subsets) = (secret, members, everybody, sessionKey, subsets);

    internal SessionSecret Secret { get; }

    /// <summary>All members without any tweak: items of the full group bring their own.</summary>
    internal SigningSet Everybody { get; }

    /// <summary>What keygen reports: with the session's tweak.</summary>
    internal KeyAggregate SessionKey { get; }

    internal IEnumerable<Guid> Users => _members.Select(member => member.User);

    /// <summary>The subset with the session's tweak; null: there is none with this id.</summary>
    internal SigningSet? Subset(Guid id) => _subsets.GetValueOrDefault(id);

    /// <summary>Opens everything with the enclaves' keys.</summary>
    /// <exception cref="EnclaveStuckException">An enclave has another key, or something cannot be opened.</exception>
    internal static KeygenSecrets Open(KeymeldDocument document, KeygenRecord keygen, ImmutableArray<RegistrationRecord> members)
    {
        var secret = OpenSecret(document, keygen)
            ?? throw new EnclaveStuckException("the coordinator enclave cannot open the session secret");
        ImmutableArray<(Guid User, SecretKey Key)> keys = [.. members.Select(member => (member.User, OpenMember(document, member)))];
        var tweak = Tweaks.OfSession(secret, keygen.EncryptedTweak);
        try
        {
            var everybody = SigningSet.Of(keys);
            var subsets = keygen.Subsets.ToImmutableSortedDictionary(
                subset => subset.Id,
                subset => SigningSet.Of(keys.Where(member => subset.Participants.Contains(member.User))).With(tweak));
            return new(secret, keys, everybody, Tweaks.Apply(tweak, everybody.Keys), subsets);
        }
        catch (MuSigException refused)
        {
            throw new EnclaveStuckException(refused.Message);
        }
    }

    /// <summary>The session secret as the coordinator enclave opens it; null: it cannot.</summary>
    internal static SessionSecret? OpenSecret(KeymeldDocument document, KeygenRecord keygen)
        => document.Enclaves[keygen.CoordinatorEnclave].Open(keygen.EncryptedSecret, SessionSecret.TryFrom);

    private static SecretKey OpenMember(KeymeldDocument document, RegistrationRecord member)
        => document.Enclaves[member.Enclave].Open(member.EncryptedKey, SecretKey.TryFrom)
            ?? throw new EnclaveStuckException($"enclave {member.Enclave} cannot open the key of {member.User:D}");
}

/// <summary>Members with their secrets, and their aggregate, in the aggregate's order.</summary>
internal sealed record SigningSet(ImmutableArray<SecretKey> Secrets, ImmutableArray<Guid> Users, KeyAggregate Keys)
{
    /// <exception cref="MuSigException">Nobody, or keys that add up to infinity.</exception>
    internal static SigningSet Of(IEnumerable<(Guid User, SecretKey Key)> members)
    {
        ImmutableArray<(Guid User, SecretKey Key)> sorted = [.. members.OrderBy(member => member.Key.PublicKey)];
        return new([.. sorted.Select(member => member.Key)], [.. sorted.Select(member => member.User)],
            KeyAggregate.Of([.. sorted.Select(member => member.Key.PublicKey)]));
    }

    internal SigningSet With(TaprootTweakText tweak) => this with { Keys = Tweaks.Apply(tweak, Keys) };
}
