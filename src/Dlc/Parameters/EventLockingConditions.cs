using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>What unlocks the outcomes of an event. Equal by content.</summary>
/// <param name="LockingPoints">One point per outcome message of the oracle; null is the point at infinity, which can be read but never validates.</param>
/// <param name="Expiry">The raw nLockTime of the expiry transaction: a height below 500,000,000, else unix seconds. Null where the event has none.</param>
public sealed record EventLockingConditions(ImmutableArray<PublicKey?> LockingPoints, uint? Expiry)
{
    /// <summary>The attestation outcome whose locking point is this point, or null. The first one where two are equal.</summary>
    public Outcome? OutcomeOf(PublicKey attestationPoint)
    {
        var index = LockingPoints.IndexOf(attestationPoint);
        return index < 0 ? null : Outcome.Attestation(index);
    }

    public bool Equals(EventLockingConditions? other)
        => other is not null && Expiry == other.Expiry && LockingPoints.SequenceEqual(other.LockingPoints);

    public override int GetHashCode() => HashCode.Combine(LockingPoints.Length, Expiry);
}
