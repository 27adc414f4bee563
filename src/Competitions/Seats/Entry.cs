using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>A player's picks and keys for one seat. It counts once its ticket is paid.</summary>
/// <param name="Id">UUIDv7; the order of ids decides what the oracle's outcome indices mean (D6).</param>
/// <param name="Player">The Nostr key of the player.</param>
/// <param name="Key">The DLC key, compressed; unique by its x coordinate.</param>
/// <param name="EncryptedKey">The player's own backup of the DLC key, encrypted to itself.</param>
/// <param name="PayoutHash">SHA-256 of the payout preimage.</param>
/// <param name="EncryptedPayoutPreimage">The player's own backup of the preimage, encrypted to itself.</param>
/// <param name="Picks">At least one pick, within the terms.</param>
/// <param name="RemoteSigning">Registration data for a remote signing service, where one is used.</param>
/// <param name="At">When it was accepted.</param>
public sealed record Entry(
    Guid Id,
    XOnlyPublicKey Player,
    PublicKey Key,
    string EncryptedKey,
    Hash32 PayoutHash,
    string EncryptedPayoutPreimage,
    ImmutableArray<StationPicks> Picks,
    RemoteSigningData? RemoteSigning,
    DateTimeOffset At)
{
    /// <summary>True where the other entry asks for the same thing.</summary>
    public bool SameAs(Entry other) => Id == other.Id && Player.Equals(other.Player) && Key.Equals(other.Key)
        && PayoutHash == other.PayoutHash && Picks.SequenceEqual(other.Picks);
}

/// <summary>What a remote signing service needs from a player (http-api §16.6).</summary>
public sealed record RemoteSigningData(string EncryptedPrivateKey, string AuthPubkey);
