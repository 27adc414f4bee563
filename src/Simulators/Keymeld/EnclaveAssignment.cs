using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Which enclave serves whom (keymeld.md §7.1).</summary>
internal static class EnclaveAssignment
{
    /// <summary>The enclave that the session's id falls to.</summary>
    internal static int CoordinatorEnclave(Guid session, int enclaves)
        => (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(session.ToByteArray(bigEndian: true))) % (uint)enclaves);

    /// <summary>The coordinator on its enclave, the others in turn by descending id; never everybody on one.</summary>
    /// <param name="expected">Newest first, two or more.</param>
    /// <param name="enclaves">Two or more.</param>
    internal static ImmutableSortedDictionary<Guid, int> Assign(
        ImmutableArray<Guid> expected, Guid coordinator, int coordinatorEnclave, int enclaves)
    {
        var others = expected.Where(user => user != coordinator).ToArray();
        var map = ImmutableSortedDictionary.CreateBuilder<Guid, int>();
        map[coordinator] = coordinatorEnclave;
        for (var i = 0; i < others.Length; i++)
        {
            map[others[i]] = i % enclaves;
        }

        if (map.Values.Distinct().Count() == 1)
        {
            map[others[0]] = (coordinatorEnclave + 1) % enclaves;
        }

        return map.ToImmutable();
    }
}
