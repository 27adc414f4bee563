using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Every seat is paid for and has its entry.</summary>
public sealed record EscrowConfirmed(Header Header) : Gathering(Header)
{
    [JsonIgnore]
    public override string Wire => "escrow_funds_confirmed";

    public override IEnumerable<Effect> Wants() => [new CreateOracleEvent(), .. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)];

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is OracleEventReady ready
        ? new EventCreated(Header.Stamped("event_created_at", ready.At), ready.Announcement)
        : this;
}

/// <summary>The oracle has announced the event; its lock points are verified and stored.</summary>
public sealed record EventCreated(Header Header, Hash32 Announcement) : Gathering(Header)
{
    [JsonIgnore]
    public override string Wire => "event_created";

    [JsonIgnore]
    public override bool WatchesOracle => true;

    public override IEnumerable<Effect> Wants() => [new SubmitOracleEntries(), .. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)];

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is OracleEntriesAccepted accepted
        ? new EntriesSubmitted(Header.Stamped("entries_submitted_at", accepted.At), Announcement)
        : this;
}

/// <summary>The oracle has exactly our entries.</summary>
public sealed record EntriesSubmitted(Header Header, Hash32 Announcement) : Gathering(Header)
{
    [JsonIgnore]
    public override string Wire => "entries_submitted";

    [JsonIgnore]
    public override bool WatchesOracle => true;

    // A reservation may have been made by an attempt whose answer was lost.
    protected override bool HoldsCoins => true;

    public override IEnumerable<Effect> Wants() => [new PrepareContract(), .. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)];

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is not ContractPrepared prepared ? this
        : Header.Keymeld is not null ? new KeygenPending(Header.Stamped("contracted_at", prepared.At), prepared.Contract)
        : new ContractCreated(Header.Stamped("contracted_at", prepared.At), prepared.Contract, SigningRound.First(prepared.Round, prepared.At));
}
