using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>A verified announcement as it is stored: enough for players to recompute every lock point.</summary>
/// <param name="OraclePubkey">P.</param>
/// <param name="NoncePoint">R.</param>
/// <param name="EntryIds">The entries in the order in which the oracle counts them.</param>
/// <param name="LockingPoints">One per outcome.</param>
/// <param name="Expiry">Unix seconds.</param>
public sealed record AnnouncementRecord(
    PublicKey OraclePubkey, PublicKey NoncePoint, ImmutableArray<Guid> EntryIds, ImmutableArray<PublicKey> LockingPoints, long Expiry)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DocumentJson.Options);

    public static AnnouncementRecord Parse(byte[] json) => JsonSerializer.Deserialize<AnnouncementRecord>(json, DocumentJson.Options)
        ?? throw new InvalidOperationException("a stored announcement is empty");

    /// <summary>What players are shown: everything but the points, which stand in the parameters.</summary>
    public string ToPlayerJson() => JsonSerializer.Serialize(
        new { oracle_pubkey = OraclePubkey.ToHex(), nonce_point = NoncePoint.ToHex(), entry_ids = EntryIds, expiry = Expiry }, DocumentJson.Options);

    /// <summary>What everybody is shown (http-api §7.3).</summary>
    public string ToPublicJson() => JsonSerializer.Serialize(
        new { locking_points = LockingPoints.Select(point => point.ToHex()), expiry = Expiry }, DocumentJson.Options);
}
