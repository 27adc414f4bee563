using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Look: the wallet answers the same owner with the same transaction. Act: reserve coins, build the escrow's transaction, store it.</summary>
public sealed record PrepareEscrow(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"prepare_escrow/{Hash}";
}

/// <summary>Looks at every invoice and the tip once more, right before the intent to send the escrows.</summary>
public sealed record CheckBeforeEscrow : Effect
{
    [JsonIgnore]
    public override string Key => "check_before_escrow";
}

/// <summary>Look: the transaction by id. Act: sign and send it.</summary>
public sealed record BroadcastEscrow(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"broadcast_escrow/{Hash}";
}

/// <summary>Look: whether the escrow or a conflict is confirmed. Act: spend its transaction's coins back to the wallet at a higher fee.</summary>
public sealed record DoubleSpendEscrow(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"double_spend_escrow/{Hash}";
}

/// <summary>Look: what spends the escrow. Act: take it back by the coordinator's own way.</summary>
public sealed record ReclaimEscrow(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"reclaim_escrow/{Hash}";
}

/// <summary>Gives the coins of an escrow back that was never sent.</summary>
public sealed record ReleaseEscrow(Guid Ticket, Hash32 Hash) : Effect
{
    [JsonIgnore]
    public override string Key => $"release_escrow/{Hash}";
}
