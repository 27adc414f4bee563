using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Nostr;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>Events as they are shown, with the lies that were asked for.</summary>
internal static class EventView
{
    internal static EventBody Full(
        EventRecord record,
        OracleSigner signer,
        OracleBehaviour behaviour,
        Func<string, StationWeather> weather,
        string? attestation,
        DateTimeOffset now)
    {
        var terms = record.Terms;
        var entries = Entries(record, behaviour);
        return new EventBody
        {
            Id = terms.Id,
            SigningDate = terms.SigningDate,
            StartObservationDate = terms.StartObservationDate,
            EndObservationDate = terms.EndObservationDate,
            Locations = terms.Locations,
            NumberOfValuesPerEntry = terms.NumberOfValuesPerEntry,
            Status = StatusOf(record, now),
            TotalAllowedEntries = terms.TotalAllowedEntries,
            EntryIds = [.. entries.Select(entry => entry.Id)],
            NumberOfPlacesWin = terms.NumberOfPlacesWin,
            Entries = entries,
            Weather = Weather(record, weather, now),
            Nonce = behaviour.RevealNonce ? signer.RevealNonce(record) : null,
            NoncePoint = behaviour.HideNoncePoint ? null : signer.NoncePoint(record).ToHex(),
            EventAnnouncement = Announcement(record, signer, behaviour),
            Attestation = attestation,
            CoordinatorPubkey = Npub(record),
            ScoringFields = terms.ScoringFields,
        };
    }

    internal static EventSummaryBody Summary(
        EventRecord record, Func<string, StationWeather> weather, string? attestation, DateTimeOffset now) => new()
        {
            Id = record.Terms.Id,
            SigningDate = record.Terms.SigningDate,
            StartObservationDate = record.Terms.StartObservationDate,
            EndObservationDate = record.Terms.EndObservationDate,
            Locations = record.Terms.Locations,
            NumberOfValuesPerEntry = record.Terms.NumberOfValuesPerEntry,
            Status = StatusOf(record, now),
            TotalAllowedEntries = record.Terms.TotalAllowedEntries,
            TotalEntries = record.Entries.Length,
            NumberOfPlacesWin = record.Terms.NumberOfPlacesWin,
            Weather = Weather(record, weather, now),
            Attestation = attestation,
            CoordinatorPubkey = Npub(record),
            ScoringFields = record.Terms.ScoringFields,
        };

    /// <summary>An entry as it is shown: zero is null.</summary>
    internal static EntryBody Entry(Guid eventId, EntryRecord entry)
        => new(entry.Id, eventId, entry.Picks, entry.Score is 0 ? null : entry.Score, entry.BaseScore is 0 ? null : entry.BaseScore);

    private static OracleEventStatus StatusOf(EventRecord record, DateTimeOffset now)
        => record.Outcome is not null ? OracleEventStatus.Signed
        : now < record.Terms.StartObservationDate ? OracleEventStatus.Live
        : now < record.Terms.EndObservationDate ? OracleEventStatus.Running
        : OracleEventStatus.Completed;

    private static string Npub(EventRecord record) => Nip19.EncodePublicKey(XOnlyPublicKey.Parse(record.Creator));

    private static ImmutableArray<EntryBody> Entries(EventRecord record, OracleBehaviour behaviour)
    {
        var order = EntryOrder.Sort(record.Entries.Select(entry => entry.Id));
        var shown = record.Entries.OrderBy(entry => order.IndexOf(entry.Id)).Skip(behaviour.LoseEntry ? 1 : 0)
            .Select(entry => Entry(record.Terms.Id, entry));
        return [.. behaviour.UnsortedEntries ? shown.Reverse() : shown];
    }

    private static ImmutableArray<WeatherBody> Weather(EventRecord record, Func<string, StationWeather> weather, DateTimeOffset now)
    {
        var day = record.Terms.StartObservationDate;
        return [.. from station in record.Terms.Locations
            let forecast = weather(station).Forecast
            where forecast is not null
            let seen = now < day ? null : weather(station).Observation
            let observed = seen is null ? null : new ReadingBody(day, seen.TempLow, seen.TempHigh, seen.WindSpeed)
            select new WeatherBody(station, observed, new(day, forecast.TempLow, forecast.TempHigh, forecast.WindSpeed))];
    }

    private static AnnouncementBody Announcement(EventRecord record, OracleSigner signer, OracleBehaviour behaviour)
    {
        var points = signer.LockingPoints(record);
        return new(
            behaviour.WrongLockingPoint ? points.SetItem(points.Length - 1, signer.PublicKey.ToHex()) : points,
            record.Terms.Expiry + (behaviour.WrongExpiry ? 1 : 0));
    }
}
