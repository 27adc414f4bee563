using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Oracle;

/// <summary>A value that is scored.</summary>
public enum ScoringField
{
    [JsonStringEnumMemberName("temp_high")]
    TempHigh,
    [JsonStringEnumMemberName("temp_low")]
    TempLow,
    [JsonStringEnumMemberName("wind_speed")]
    WindSpeed,
    [JsonStringEnumMemberName("wind_direction")]
    WindDirection,
    [JsonStringEnumMemberName("rain_amt")]
    RainAmount,
    [JsonStringEnumMemberName("snow_amt")]
    SnowAmount,
    [JsonStringEnumMemberName("humidity")]
    Humidity,
}

/// <summary>A pick: the observation against the forecast.</summary>
public enum Prediction
{
    Over,
    Par,
    Under,
}

/// <summary>Where an event stands, computed by the oracle on every read.</summary>
public enum OracleEventStatus
{
    /// <summary>Before the observation starts.</summary>
    Live,

    /// <summary>While it is observed.</summary>
    Running,

    /// <summary>Observed, not attested.</summary>
    Completed,

    /// <summary>Attested.</summary>
    Signed,
}

/// <summary>What an event is about. Serialises to the body of a create.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="SigningDate">When the oracle attests at the earliest; not before the end.</param>
/// <param name="StartObservationDate">Before the end.</param>
/// <param name="EndObservationDate">After the start.</param>
/// <param name="Locations">1 to 50 different station ids.</param>
/// <param name="NumberOfValuesPerEntry">How many picks an entry has at most; at most stations × scoring fields.</param>
/// <param name="TotalAllowedEntries">2 to 25.</param>
/// <param name="NumberOfPlacesWin">1 to 5, fewer than entries.</param>
/// <param name="ScoringFields">At least one.</param>
public sealed record OracleEventTerms(
    Guid Id,
    DateTimeOffset SigningDate,
    DateTimeOffset StartObservationDate,
    DateTimeOffset EndObservationDate,
    ImmutableArray<string> Locations,
    int NumberOfValuesPerEntry,
    int TotalAllowedEntries,
    int NumberOfPlacesWin,
    ImmutableArray<ScoringField> ScoringFields)
{
    /// <summary>What is scored unless said otherwise.</summary>
    public static ImmutableArray<ScoringField> DefaultScoringFields { get; } =
        [ScoringField.TempHigh, ScoringField.TempLow, ScoringField.WindSpeed];

    /// <summary>The announcement's expiry: signing date + 86 400, unix seconds.</summary>
    public long Expiry => SigningDate.ToUnixTimeSeconds() + 86_400;

    /// <summary>What the oracle's rules say against these terms; empty where nothing. Every complaint is listed.</summary>
    public IEnumerable<string> Complaints()
    {
        if (Id.Version != 7)
        {
            yield return "the event id is not a UUIDv7";
        }

        if (TotalAllowedEntries is < 2 or > OutcomeMessages.MaximumEntries)
        {
            yield return $"total_allowed_entries is {TotalAllowedEntries}; it must be 2 to {OutcomeMessages.MaximumEntries}";
        }
        else if (NumberOfPlacesWin is < 1 or > OutcomeMessages.MaximumPlaces || NumberOfPlacesWin >= TotalAllowedEntries)
        {
            yield return $"number_of_places_win is {NumberOfPlacesWin}; it must be 1 to {OutcomeMessages.MaximumPlaces}, below entries";
        }
        else if (OutcomeMessages.CountOf(TotalAllowedEntries, NumberOfPlacesWin) > OutcomeMessages.MaximumOutcomes)
        {
            yield return $"the event has more than {OutcomeMessages.MaximumOutcomes} outcomes";
        }

        if (StartObservationDate >= EndObservationDate || EndObservationDate > SigningDate)
        {
            yield return "the dates must be start < end <= signing";
        }

        if (Locations.IsDefaultOrEmpty || Locations.Length > 50 || Locations.Distinct(StringComparer.Ordinal).Count() != Locations.Length)
        {
            yield return "locations must be 1 to 50 different stations";
        }

        if (ScoringFields.IsDefaultOrEmpty || ScoringFields.Distinct().Count() != ScoringFields.Length)
        {
            yield return "scoring_fields must be one or more different fields";
        }
        else if (!Locations.IsDefault && (NumberOfValuesPerEntry < 1 || NumberOfValuesPerEntry > Locations.Length * ScoringFields.Length))
        {
            yield return $"number_of_values_per_entry is {NumberOfValuesPerEntry}; it must be 1 to stations times scoring fields";
        }
    }
}

/// <summary>The picks of one entry for one station; null is no pick. Serialises to the oracle's form.</summary>
/// <param name="Stations">One station id, in spite of the wire name.</param>
public sealed record StationPicks(
    string Stations,
    Prediction? TempHigh = null,
    Prediction? TempLow = null,
    Prediction? WindSpeed = null,
    Prediction? WindDirection = null,
    [property: JsonPropertyName("rain_amt")] Prediction? RainAmount = null,
    [property: JsonPropertyName("snow_amt")] Prediction? SnowAmount = null,
    Prediction? Humidity = null)
{
    /// <summary>The pick for a field.</summary>
    public Prediction? Of(ScoringField field) => field switch
    {
        ScoringField.TempHigh => TempHigh,
        ScoringField.TempLow => TempLow,
        ScoringField.WindSpeed => WindSpeed,
        ScoringField.WindDirection => WindDirection,
        ScoringField.RainAmount => RainAmount,
        ScoringField.SnowAmount => SnowAmount,
        ScoringField.Humidity => Humidity,
    };

    /// <summary>A copy with one pick set.</summary>
    public StationPicks With(ScoringField field, Prediction? pick) => field switch
    {
        ScoringField.TempHigh => this with { TempHigh = pick },
        ScoringField.TempLow => this with { TempLow = pick },
        ScoringField.WindSpeed => this with { WindSpeed = pick },
        ScoringField.WindDirection => this with { WindDirection = pick },
        ScoringField.RainAmount => this with { RainAmount = pick },
        ScoringField.SnowAmount => this with { SnowAmount = pick },
        ScoringField.Humidity => this with { Humidity = pick },
    };

    /// <summary>How many picks are set.</summary>
    [JsonIgnore]
    public int Count => Enum.GetValues<ScoringField>().Count(scored => Of(scored) is not null);
}

/// <summary>One entry of a competition, as the oracle gets it.</summary>
/// <param name="Id">A UUIDv7; its order and its milliseconds decide index and ties.</param>
/// <param name="Picks">At most one per station.</param>
public sealed record OracleEntry(Guid Id, ImmutableArray<StationPicks> Picks);
