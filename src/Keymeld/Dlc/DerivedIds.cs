using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Keymeld;

/// <summary>
/// Ids that need not be stored because they follow from what they name: the first 16 bytes of SHA-256(domain ‖ …) with version 7 and the
/// variant put in. Their "time" means nothing. Session ids are unique, so these are.
/// </summary>
public static class DerivedIds
{
    private static readonly byte[] SubsetDomain = Encoding.ASCII.GetBytes("coordinator-keymeld-subset-v1");
    private static readonly byte[] ItemDomain = Encoding.ASCII.GetBytes("coordinator-keymeld-item-v1");

    /// <summary>SHA-256(<c>coordinator-keymeld-subset-v1</c> ‖ session (16) ‖ each member (16), ascending): the order given does not
    /// matter.</summary>
    public static Guid Subset(Guid session, IEnumerable<Guid> members)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SubsetDomain);
        hash.AppendData(UuidText.ToBytes(session));
        foreach (var member in members.Order(UuidText.Order))
        {
            hash.AppendData(UuidText.ToBytes(member));
        }

        return UuidText.Shape(hash.GetHashAndReset());
    }

    /// <summary>SHA-256(<c>coordinator-keymeld-item-v1</c> ‖ session (16) ‖ contract identity (32) ‖ item number (4, big-endian)).</summary>
    /// <param name="session">The keygen session.</param>
    /// <param name="contract">SHA-256 of all messages of the contract in the order of its items.</param>
    /// <param name="item">The item's number in the contract.</param>
    public static Guid Item(Guid session, ReadOnlySpan<byte> contract, int item)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, item);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(ItemDomain);
        hash.AppendData(UuidText.ToBytes(session));
        hash.AppendData(contract);
        hash.AppendData(number);
        return UuidText.Shape(hash.GetHashAndReset());
    }
}
