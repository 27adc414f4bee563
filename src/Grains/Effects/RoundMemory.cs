using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>The coordinator's side of the current signing round. Secret nonces live here and nowhere else: with the activation they are gone (D9).</summary>
public sealed class RoundMemory : IDisposable
{
    private SecretKey? _key;
    private CoordinatorRound? _round;
    private string? _id;

    /// <summary>The round of this id, or null where it is not in memory any more.</summary>
    public CoordinatorRound? Find(string id) => _id == id ? _round : null;

    /// <summary>Keeps a round and its key; an earlier one is wiped.</summary>
    public void Keep(string id, CoordinatorRound round, SecretKey key)
    {
        Dispose();
        (_id, _round, _key) = (id, round, key);
    }

    public void Dispose()
    {
        _round?.Dispose();
        _key?.Dispose();
        (_id, _round, _key) = (null, null, null);
    }
}
