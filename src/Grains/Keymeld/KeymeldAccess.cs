using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>The gateway and the coordinator's secrets for it, opened only for the time of their use.</summary>
/// <param name="gateway">Null where none is configured: competitions that began with one wait for it.</param>
public sealed class KeymeldAccess(ISecrets secrets, IEntropy entropy, CoordinatorSettings settings, IKeymeldGateway? gateway = null)
{
    /// <summary>What an effect says where there is no gateway.</summary>
    public const string NotConfigured = "no Keymeld gateway is configured";

    public IKeymeldGateway? Gateway => gateway;

    public KeymeldSettings Settings => settings.Keymeld ?? throw new InvalidOperationException(NotConfigured);

    /// <summary>The session's secret; the caller disposes it.</summary>
    public SessionSecret Secret(KeymeldSession session)
    {
        var bytes = secrets.Open(Purpose(session.Id), session.SealedSecret);
        var secret = SessionSecret.From(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return secret;
    }

    /// <summary>The coordinator's own seat in a competition's session; the caller disposes it.</summary>
    public KeymeldParticipant Coordinator(Guid competition, KeymeldSession session)
    {
        using var key = secrets.MarketMakerKey(competition);
        return new KeymeldParticipant(session.Id, session.CoordinatorUser, key);
    }

    public SecretKey MarketMakerKey(Guid competition) => secrets.MarketMakerKey(competition);

    /// <summary>A fresh session secret; the caller disposes it.</summary>
    public SessionSecret NewSecret()
    {
        while (true)
        {
            var bytes = entropy.Bytes(SessionSecret.Size);
            var secret = SessionSecret.TryFrom(bytes);
            CryptographicOperations.ZeroMemory(bytes);
            if (secret is not null)
            {
                return secret;
            }
        }
    }

    public string Seal(Guid session, SessionSecret secret)
    {
        var bytes = secret.ToBytes();
        var text = secrets.Seal(Purpose(session), bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <summary>Why an enclave's key must not be used; null where it is the pinned one, or may be pinned now (regtest only).</summary>
    /// <param name="session">A session that has pinned keys already.</param>
    public string? Distrust(EnclaveKey enclave, KeymeldSession? session = null)
    {
        var pinned = session?.Enclaves.FirstOrDefault(known => known.Id == enclave.Id)?.Key
            ?? (Settings.Pins.IsEmpty ? enclave.Key : Settings.Pins.GetValueOrDefault(enclave.Id));
        return enclave.Key.Equals(pinned) ? null
            : pinned is null ? $"enclave {enclave.Id} has a key that was never pinned"
            : $"enclave {enclave.Id} answers with another key than the pinned one";
    }

    /// <summary>Whether players of this competition may be given its session secret (D13).</summary>
    public bool MayShare(KeymeldSession session) => settings.Keymeld?.Sharing switch
    {
        SecretSharing.WhenSafe => session.Probe is { Safe: true },
        SecretSharing.Always => settings.Network != Network.Mainnet,
        _ => false,
    };

    private static string Purpose(Guid session) => $"keymeld-session/{session}";
}
