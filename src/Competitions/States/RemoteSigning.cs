using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>A contract exists and is signed by a remote service that holds every player's key (D13, D14).</summary>
public abstract record Remote : Gathering
{
    private protected Remote(Header header, ContractRef contract)
        : base(header) => Contract = contract;

    public ContractRef Contract { get; init; }

    [JsonIgnore]
    public override bool WatchesOracle => true;

    protected override bool HoldsCoins => true;

    [JsonIgnore]
    protected override bool HasContract => true;

    public override Verdict Decide(Command command) => command is SubmitNonces or SubmitPartials
        ? Refusal.Conflict("signed_remotely", "this competition is signed through Keymeld: players send no nonces and no signatures")
        : base.Decide(command);
}

/// <summary>Parameters and outpoint are on disk; every key is being registered, and the service's aggregates are compared with ours.</summary>
public sealed record KeygenPending(Header Header, ContractRef Contract) : Remote(Header, Contract)
{
    [JsonIgnore]
    public override string Wire => "contract_created";

    [JsonIgnore]
    protected override string DeadlineReason => Unregistered() is { Count: > 0 } missing
        ? $"the signing deadline has passed without the registered key of {string.Join(", ", missing)}"
        : "the signing deadline has passed before key generation was complete";

    public override IEnumerable<Effect> Wants()
        => Header.Keymeld!.AllRegistered ? [new CompleteKeygen(Header.Keymeld.Id), .. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)]
            : [.. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)];

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is KeygenChecked done && done.Session == Header.Keymeld!.Id
            && Header.Keymeld.AllRegistered && !done.Batches.IsEmpty
        ? new RemoteSigning(
            Header.Stamped("keymeld_keygen_completed_at", done.At),
            Contract,
            [.. done.Batches.Select((batch, index) => new RemoteBatch(index, batch, 1, Posted: false, Signatures: null))],
            0)
        : this;

    private List<Guid> Unregistered() =>
        [.. Header.Roster.Tickets.Where(ticket => ticket.Entry is not null && !Header.Keymeld!.IsRegistered(ticket.Id)).Select(ticket => ticket.Entry!.Id)];
}

/// <summary>The service's keys are the accepted ones; the contract's items are signed in batches, several at once, each on its own.</summary>
/// <param name="Failed">Signing sessions that came to nothing; they count against the service's quota.</param>
public sealed record RemoteSigning(Header Header, ContractRef Contract, ImmutableArray<RemoteBatch> Batches, int Failed) : Remote(Header, Contract)
{
    /// <summary>The name under which remotely made signatures are reported; local rounds have random ids.</summary>
    public const string Round = "keymeld";

    /// <summary>Signing sessions that are open at once.</summary>
    public const int AtOnce = 8;

    [JsonIgnore]
    public override string Wire => "awaiting_signatures";

    [JsonIgnore]
    protected override string DeadlineReason
        => $"the signing deadline has passed with {Batches.Count(batch => batch.Signatures is null)} of {Batches.Length} signing sessions unfinished";

    public override IEnumerable<Effect> Wants()
    {
        var open = Batches.Where(batch => batch.Signatures is null).Take(AtOnce)
            .Select(batch => batch.Posted ? (Effect)new FinishBatch(batch.Index, batch.Session) : new StartBatch(batch.Index, batch.Session))
            .ToList();
        return [.. open.Count > 0 ? open : [new AssembleSignatures(Header.Keymeld!.Id)], .. EscrowWants.Keeping(Header), .. RemoteRules.Wants(Header)];
    }

    protected override CompetitionState AbsorbOwn(Fact fact) => fact switch
    {
        BatchPosted posted when Find(posted.Session, posted.Batch) is { Posted: false } batch => Put(batch with { Posted = true }),
        BatchSigned signed when Find(signed.Session, signed.Batch) is { Signatures: null, Posted: true } batch => Put(batch with { Signatures = signed.Signatures }),
        BatchFailed failed when Find(failed.Session, failed.Batch) is { Signatures: null } batch => Replace(batch, failed),
        ContractSigned { Round: Round } signed when Batches.All(batch => batch.Signatures is not null) => new SigningComplete(
            WithSessions().Stamped("signed_at", signed.At), Contract, null, signed.Signed, signed.At, [], false),
        _ => this,
    };

    private RemoteBatch? Find(Guid session, Guid batch)
        => session == Header.Keymeld!.Id ? Batches.FirstOrDefault(known => known.Session == batch) : null;

    private RemoteSigning Put(RemoteBatch changed) => this with { Batches = Batches.SetItem(changed.Index, changed) };

    private CompetitionState Replace(RemoteBatch batch, BatchFailed failed)
        => Failed >= KeymeldLimits.SpareBatches
            ? GiveUp($"{Failed + 1} signing sessions came to nothing, the last one: {failed.Why}", failed.At)
            : this with
            {
                Batches = Batches.SetItem(batch.Index, new RemoteBatch(batch.Index, failed.Next, batch.Attempt + 1, Posted: false, Signatures: null)),
                Failed = Failed + 1,
            };

    private Header WithSessions() => Header with
    {
        Keymeld = Header.Keymeld! with { SigningSessions = [.. Batches.Select(batch => batch.Session)] },
    };
}
