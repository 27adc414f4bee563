using System.Collections.Immutable;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>What the gateway says of itself (keymeld.md §6).</summary>
public sealed partial class KeymeldModel
{
    internal static VersionBody Version { get; } = new(
        "KeyMeld Gateway", "0.1.0", "v1", new FeaturesBody(ServiceParticipation: true, UserAuthentication: true, EnclaveIsolation: true));

    /// <summary>Whether all enclaves answer.</summary>
    public bool IsHealthy => Export().Enclaves.All(enclave => !enclave.Down);

    /// <summary>All enclaves.</summary>
    public EnclavesBody Enclaves(DateTimeOffset now)
    {
        var document = Export();
        var seconds = At(now).ToUnixTimeSeconds();
        ImmutableArray<EnclaveBody> enclaves =
        [
            .. document.Enclaves.Select(enclave => new EnclaveBody(
                enclave.Id, !enclave.Down, enclave.AnnouncedKey.ToHex(), "",
                document.Keygens.Values.Count(keygen => keygen.CoordinatorEnclave == enclave.Id), Math.Max(0, seconds - enclave.KeySince),
                enclave.Epoch, enclave.KeySince, seconds)),
        ];
        return new EnclavesBody(enclaves, enclaves.Length, enclaves.Count(enclave => enclave.Healthy));
    }

    /// <summary>One enclave's key.</summary>
    /// <exception cref="KeymeldRefusedException">503 for an unknown one, or one that is down.</exception>
    public EnclaveKeyBody PublicKeyOf(uint enclave, DateTimeOffset now)
    {
        var document = Export();
        var record = enclave < document.Enclaves.Length ? RequireUp(document, (int)enclave) : throw KeymeldRefusedException.Unavailable();
        return new EnclaveKeyBody(
            record.Id, record.AnnouncedKey.ToHex(), "", [], At(now).ToUnixTimeSeconds(), Healthy: true, record.Epoch);
    }

    /// <summary>The gateway in numbers.</summary>
    public HealthDetailBody Health()
    {
        var document = Export();
        var active = document.Keygens.Values.Count(keygen => keygen.Stage != KeygenStage.Completed)
            + document.Signings.Values.Count(signing => signing is { Results: null, Failure: null });
        var healthy = document.Enclaves.Count(enclave => !enclave.Down);
        return new HealthDetailBody(
            healthy == document.Enclaves.Length ? "healthy" : "degraded", Version.Version, active, healthy, document.Enclaves.Length,
            new DatabaseStatsBody(
                document.Keygens.Count + document.Signings.Count, active,
                document.Keygens.Values.Sum(keygen => keygen.Registrations.Count), 0));
    }
}
