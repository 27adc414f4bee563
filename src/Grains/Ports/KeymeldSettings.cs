using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>What the grains need to know of the remote signing service.</summary>
/// <param name="GatewayUrl">As players are told; they need not reach it.</param>
public sealed record KeymeldSettings(string GatewayUrl)
{
    /// <summary>Enclave keys known out of band, by enclave id. Empty (regtest only): the keys of a new session are pinned as first seen.</summary>
    public ImmutableDictionary<int, PublicKey> Pins { get; init; } = ImmutableDictionary<int, PublicKey>.Empty;

    /// <summary>Whether players are given the session secret.</summary>
    public SecretSharing Sharing { get; init; } = SecretSharing.WhenSafe;

    /// <summary>How long an unapproved signing session is watched before the gateway counts as one that waits.</summary>
    public TimeSpan ProbeTime { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Who holds a 0.3 session secret can misuse a lax gateway (D13).</summary>
public enum SecretSharing
{
    /// <summary>Only where the probe of this session's gateway passed.</summary>
    WhenSafe,

    Never,

    /// <summary>Whatever the probe said; not on mainnet.</summary>
    Always,
}
