using Coordinator.Bitcoin;

namespace Coordinator.Simulation;

/// <summary>An entry's seat in a contract.</summary>
/// <param name="Player">Its index in the contract, found by its ticket's hash.</param>
internal sealed record Seat(AuditedContract Contract, Guid Entry, Hash32 Ticket, int Player);

/// <summary>How an output of a split was spent.</summary>
internal enum ShareEnd
{
    Win,
    Close,
    SellBack,
    Reclaim,
    Unknown,
}
