using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Oracle;

namespace Coordinator.Grains;

/// <summary>The oracle's event: created, given our entries, watched for its attestation. Nothing it says is believed unverified (D40).</summary>
public sealed class OracleEffects(IOracle oracle, IArtefacts artefacts, IContractWork work, CoordinatorSettings settings)
{
    /// <summary>Look: the event by our id. Act: create it. Its announcement is recomputed before it counts.</summary>
    public async Task<EffectResult> CreateAsync(EffectContext context, CancellationToken cancellation)
    {
        var terms = Terms(context.Terms);
        if ((settings.OracleKey ?? await ToldKeyAsync(cancellation)) is not { } key)
        {
            return EffectResult.Later("the oracle's key cannot be had");
        }

        var answer = await oracle.GetEventAsync(context.Id, cancellation);
        if (answer is OracleAnswer<OracleEvent>.Refused { IsNotFound: true })
        {
            answer = await oracle.CreateEventAsync(terms, cancellation);
            if (answer is OracleAnswer<OracleEvent>.Refused refused)
            {
                var seen = await oracle.GetEventAsync(context.Id, cancellation);
                answer = seen;
                if (seen is OracleAnswer<OracleEvent>.Refused { IsNotFound: true })
                {
                    return refused.Status is 400 or 403 or 422
                        ? EffectResult.Of(new OracleRefused(refused.Detail, context.Now))
                        : EffectResult.Later($"creating the event {refused.Describe()}");
                }
            }
        }

        return answer.TryGet(out var shown)
            ? await AcceptAsync(shown, terms, key, context)
            : EffectResult.Later($"the event {answer.Describe()}");
    }

    private async Task<EffectResult> AcceptAsync(OracleEvent shown, OracleEventTerms terms, PublicKey key, EffectContext context)
    {
        if (!shown.Attestation.IsEmpty)
        {
            return EffectResult.Of(new OracleRefused("the event is attested already", context.Now));
        }

        var check = await work.RunAsync(() => OracleAnnouncement.Verify(shown, terms, key, settings.Network == Network.Regtest));
        if (check.Announcement is not { } announcement)
        {
            return EffectResult.Of(new OracleRefused($"its announcement is not accepted: {check.Problem}: {check.Detail}", context.Now));
        }

        var record = new AnnouncementRecord(
            announcement.OracleKey, announcement.NoncePoint, ContractPlan.OracleOrder(context.Header.Roster), announcement.LockingPoints, announcement.Expiry);
        return EffectResult.Of(new OracleEventReady(await artefacts.PutAsync(context.Id, record.ToBytes()), context.Now));
    }

    /// <summary>Look: the event's entry ids. Act: add ours, once.</summary>
    public async Task<EffectResult> SubmitAsync(EffectContext context, CancellationToken cancellation)
    {
        var ids = ContractPlan.OracleOrder(context.Header.Roster);
        var before = await oracle.GetEventAsync(context.Id, cancellation);
        if (!before.TryGet(out var shown))
        {
            return EffectResult.Later($"the event {before.Describe()}");
        }

        if (shown.ShowsExactly(ids))
        {
            return EffectResult.Of(new OracleEntriesAccepted(context.Now));
        }

        if (!shown.EntryIds.IsEmpty)
        {
            return EffectResult.Of(new OracleRefused("the event shows other entries than ours", context.Now));
        }

        var added = await oracle.AddEntriesAsync(context.Id, Entries(context.Header.Roster), cancellation);
        var after = await oracle.GetEventAsync(context.Id, cancellation);
        return after.TryGet(out var seen) && seen.ShowsExactly(ids) ? EffectResult.Of(new OracleEntriesAccepted(context.Now))
            : added is OracleAnswer<Acknowledged>.Refused { Status: 400 or 403 or 422 } refused
                ? EffectResult.Of(new OracleRefused(refused.Detail, context.Now))
            : EffectResult.Later($"adding entries {added.Describe()}");
    }

    /// <summary>The attestation, once its point is one of the contract's lock points; null while there is none. Another scalar is a notice.</summary>
    public async Task<Fact?> LookAsync(Guid id, Hash32 announcement, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!(await oracle.GetEventAsync(id, cancellation)).TryGet(out var shown) || shown.Attestation.IsEmpty)
        {
            return null;
        }

        var scalar = shown.Attestation.ToArray();
        using var key = SecretKey.TryFrom(scalar);
        var points = AnnouncementRecord.Parse(await artefacts.GetAsync(announcement)).LockingPoints;
        var index = key is null ? -1 : points.IndexOf(key.PublicKey);
        return index < 0
            ? new Noticed(Noticed.WrongAttestation, "the oracle shows an attestation that opens no outcome of this event: it is refused", now)
            : new AttestationSeen(index, Hex.Encode(scalar), now);
    }

    private async Task<PublicKey?> ToldKeyAsync(CancellationToken cancellation)
        => (await oracle.GetPublicKeyAsync(cancellation)).TryGet(out var key) ? key : null;

    private static OracleEventTerms Terms(CompetitionTerms terms) => new(
        terms.Id, terms.SigningDate, terms.StartObservation, terms.EndObservation, terms.Locations, terms.ValuesPerEntry,
        terms.Entries, terms.Places, OracleEventTerms.DefaultScoringFields);

    private static ImmutableArray<OracleEntry> Entries(Roster roster) => [.. roster.Tickets
        .Select(ticket => ticket.Entry!)
        .OrderBy(entry => entry.Id, UuidOrder.BigEndian)
        .Select(entry => new OracleEntry(entry.Id, [.. entry.Picks.Select(pick => new Oracle.StationPicks(
            pick.Station, Map(pick.TempHigh), Map(pick.TempLow), Map(pick.WindSpeed)))]))];

    private static Oracle.Prediction? Map(Competitions.Prediction? prediction) => prediction is { } made
        ? made switch
        {
            Competitions.Prediction.Over => Oracle.Prediction.Over,
            Competitions.Prediction.Par => Oracle.Prediction.Par,
            Competitions.Prediction.Under => Oracle.Prediction.Under,
        }
        : null;
}
