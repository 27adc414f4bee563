using Coordinator.Bitcoin;
using Coordinator.Grains;

namespace Coordinator.Simulation;

/// <summary>Stores an announcement with its first two outcomes in each other's place.</summary>
internal sealed class SwappedAnnouncements(IArtefacts inner) : IArtefacts
{
    public Task<Hash32> PutAsync(Guid owner, byte[] data) => inner.PutAsync(owner, IsAnnouncement(data) ? Swapped(data) : data);

    public Task<byte[]> GetAsync(Hash32 hash) => inner.GetAsync(hash);

    private static bool IsAnnouncement(byte[] data) => data.AsSpan().IndexOf("\"nonce_point\""u8) >= 0 && data.AsSpan().IndexOf("\"locking_points\""u8) >= 0;

    private static byte[] Swapped(byte[] data)
    {
        var record = AnnouncementRecord.Parse(data);
        var points = record.LockingPoints;
        return (record with { LockingPoints = points.SetItem(0, points[1]).SetItem(1, points[0]) }).ToBytes();
    }
}
