using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>The oracle says no.</summary>
public sealed class OracleRefusedException(int status, string text) : Exception(text)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>What the oracle checks before it takes an event or entries; the order of the checks is the real one's.</summary>
internal static class EventRules
{
    /// <exception cref="OracleRefusedException">400.</exception>
    internal static void CheckTerms(OracleEventTerms terms, bool strict)
    {
        if (terms.Id.Version != 7)
        {
            throw BadEvent("event id must be a uuid v7");
        }

        if (terms.TotalAllowedEntries is < 0 or > OutcomeMessages.MaximumEntries)
        {
            throw BadEvent("total_allowed_entries must be at most 25");
        }

        if (terms.NumberOfPlacesWin is < 0 or > OutcomeMessages.MaximumPlaces)
        {
            throw BadEvent("number_of_places_win must be at most 5");
        }

        if (terms.StartObservationDate > terms.EndObservationDate || terms.EndObservationDate > terms.SigningDate)
        {
            throw BadEvent("dates must be start <= end <= signing");
        }

        if (terms.ScoringFields.IsEmpty)
        {
            throw BadEvent("scoring_fields must not be empty");
        }

        // What no version can announce: there is no such list of outcomes.
        if (terms.TotalAllowedEntries < 2 || terms.NumberOfPlacesWin < 1 || terms.NumberOfPlacesWin >= terms.TotalAllowedEntries
            || OutcomeMessages.CountOf(terms.TotalAllowedEntries, terms.NumberOfPlacesWin) > OutcomeMessages.MaximumOutcomes)
        {
            throw BadEvent("entries must be 2 or more, places 1 or more and below entries, outcomes at most 20000");
        }

        if (strict && terms.Complaints().FirstOrDefault() is { } complaint)
        {
            throw BadEvent(complaint);
        }
    }

    /// <exception cref="OracleRefusedException">400.</exception>
    internal static ImmutableArray<EntryRecord> CheckEntries(
        EventRecord record, AddEntriesBody body, XOnlyPublicKey signer, bool strict, DateTimeOffset now)
    {
        var entries = body.Entries ?? [];
        if (!record.Entries.IsEmpty)
        {
            throw BadEntry("event already has entries");
        }

        if (entries.Length != record.Terms.TotalAllowedEntries)
        {
            throw BadEntry($"expected {record.Terms.TotalAllowedEntries} entries, got {entries.Length}");
        }

        if (signer.ToHex() != record.Creator)
        {
            throw BadEntry("only the event's coordinator can add entries");
        }

        foreach (var entry in entries)
        {
            CheckEntry(record, entry, strict);
        }

        if (strict && entries.Select(entry => entry.Id).Distinct().Count() != entries.Length)
        {
            throw BadEntry("an entry id is given twice");
        }

        return strict && now >= record.Terms.EndObservationDate
            ? throw BadEntry("the observation is over")
            : [.. entries.Select(entry => new EntryRecord(entry.Id, entry.ExpectedObservations ?? [], Score: null, BaseScore: null))];
    }

    internal static OracleRefusedException BadEvent(string detail) => new(400, $"Invalid event: {detail}");

    internal static OracleRefusedException BadEntry(string detail) => new(400, $"Invalid entry: {detail}");

    private static void CheckEntry(EventRecord record, AddEntryBody entry, bool strict)
    {
        var picks = entry.ExpectedObservations ?? [];
        if (entry.EventId != record.Terms.Id)
        {
            throw BadEntry($"entry {entry.Id} is for another event");
        }

        if (entry.Id.Version != 7)
        {
            throw BadEntry("entry id must be a uuid v7");
        }

        if (picks.Sum(choice => choice.Count) > record.Terms.NumberOfValuesPerEntry)
        {
            throw BadEntry($"entry {entry.Id} has more than {record.Terms.NumberOfValuesPerEntry} picks");
        }

        if (picks.FirstOrDefault(choice => !record.Terms.Locations.Contains(choice.Stations, StringComparer.Ordinal)) is { } stranger)
        {
            throw BadEntry($"{stranger.Stations} is no location of the event");
        }

        if (strict && picks.Select(choice => choice.Stations).Distinct(StringComparer.Ordinal).Count() != picks.Length)
        {
            throw BadEntry($"entry {entry.Id} names a station twice");
        }
    }
}
