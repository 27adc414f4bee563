using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>A prediction against the forecast.</summary>
public enum Prediction
{
    Over,
    Par,
    Under,
}

/// <summary>One player's picks for one station; null where no pick was made.</summary>
public sealed record StationPicks(string Station, Prediction? WindSpeed, Prediction? TempHigh, Prediction? TempLow)
{
    [JsonIgnore]
    public int Count => (WindSpeed is null ? 0 : 1) + (TempHigh is null ? 0 : 1) + (TempLow is null ? 0 : 1);
}

/// <summary>Whether picks fit the terms.</summary>
public static class PickRules
{
    /// <summary>The first thing that is wrong with the picks, or null.</summary>
    public static Refusal? Check(CompetitionTerms terms, Guid entryId, ImmutableArray<StationPicks> picks)
    {
        var count = picks.IsDefault ? 0 : picks.Sum(pick => pick.Count);
        if (count > terms.ValuesPerEntry)
        {
            return Refusal.Invalid(
                "too_many_picks", $"entry_id {entryId} not valid, too many value choices, max allowed {terms.ValuesPerEntry} but got {count}");
        }

        if (count == 0)
        {
            return Refusal.Invalid("no_picks", $"entry_id {entryId} not valid, make at least one pick");
        }

        if (picks.FirstOrDefault(pick => !terms.Locations.Contains(pick.Station, StringComparer.Ordinal)) is not null)
        {
            return Refusal.Invalid("unknown_station", $"entry_id {entryId} not valid, choose locations in the event");
        }

        return picks.Select(pick => pick.Station).Distinct(StringComparer.Ordinal).Count() != picks.Length
            ? Refusal.Invalid("duplicate_station", $"entry_id {entryId} not valid, every station at most once")
            : null;
    }
}
