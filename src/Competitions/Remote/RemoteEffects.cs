using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>Tries with a throwaway session whether the gateway keeps the rules on which sharing the session secret rests.</summary>
public sealed record ProbeKeymeld(Guid Session) : Effect
{
    [JsonIgnore]
    public override string Key => $"probe_keymeld/{Session}";
}

/// <summary>Look: whether the seat is claimed. Act: register the user's encrypted key.</summary>
/// <param name="User">A ticket id, or the coordinator's user id.</param>
public sealed record RegisterSeat(Guid Session, Guid User) : Effect
{
    [JsonIgnore]
    public override string Key => $"register_seat/{User}";
}

/// <summary>Look: the session's status. Compares every aggregate with the accepted keys; where epochs changed, names the seats.</summary>
public sealed record CompleteKeygen(Guid Session) : Effect
{
    [JsonIgnore]
    public override string Key => $"complete_keygen/{Session}";
}

/// <summary>Look: the signing session by our id. Act: create it. Nothing is approved here.</summary>
public sealed record StartBatch(int Index, Guid Batch) : Effect
{
    [JsonIgnore]
    public override string Key => $"start_batch/{Batch}";
}

/// <summary>Look: the signing session's status. Act: approve it. Its signatures are verified and stored.</summary>
public sealed record FinishBatch(int Index, Guid Batch) : Effect
{
    [JsonIgnore]
    public override string Key => $"finish_batch/{Batch}";
}

/// <summary>Reads the roster once more, puts all signatures together and verifies them against the contract.</summary>
public sealed record AssembleSignatures(Guid Session) : Effect
{
    [JsonIgnore]
    public override string Key => $"assemble_signatures/{Session}";
}
