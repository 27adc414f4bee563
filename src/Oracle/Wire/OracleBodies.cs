using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Oracle.Wire;

/// <summary>The JSON bodies of the oracle's HTTP API, as they are; the simulator speaks the same ones. Null is absent.</summary>
public sealed record KeyBody(string? Key);

/// <summary>The body of <c>POST /oracle/events</c>.</summary>
public sealed record CreateEventBody(
    Guid Id,
    DateTimeOffset SigningDate,
    DateTimeOffset StartObservationDate,
    DateTimeOffset EndObservationDate,
    ImmutableArray<string>? Locations,
    int NumberOfValuesPerEntry,
    int TotalAllowedEntries,
    int NumberOfPlacesWin,
    ImmutableArray<ScoringField>? ScoringFields)
{
    /// <summary>The body that asks for these terms.</summary>
    public static CreateEventBody Of(OracleEventTerms terms)
        => new(
            terms.Id,
            terms.SigningDate,
            terms.StartObservationDate,
            terms.EndObservationDate,
            terms.Locations,
            terms.NumberOfValuesPerEntry,
            terms.TotalAllowedEntries,
            terms.NumberOfPlacesWin,
            terms.ScoringFields);

    /// <summary>The terms asked for, with the default scoring fields where none are given.</summary>
    public OracleEventTerms ToTerms()
        => new(
            Id,
            SigningDate.ToUniversalTime(),
            StartObservationDate.ToUniversalTime(),
            EndObservationDate.ToUniversalTime(),
            Locations ?? [],
            NumberOfValuesPerEntry,
            TotalAllowedEntries,
            NumberOfPlacesWin,
            ScoringFields ?? OracleEventTerms.DefaultScoringFields);
}

/// <summary>The body of <c>POST /oracle/events/{event_id}/entries</c>.</summary>
public sealed record AddEntriesBody(Guid EventId, ImmutableArray<AddEntryBody>? Entries);

/// <summary>One entry to add.</summary>
public sealed record AddEntryBody(Guid Id, Guid EventId, ImmutableArray<StationPicks>? ExpectedObservations);

/// <summary>An event as the oracle shows it.</summary>
public sealed record EventBody
{
    public Guid Id { get; init; }

    public DateTimeOffset SigningDate { get; init; }

    public DateTimeOffset StartObservationDate { get; init; }

    public DateTimeOffset EndObservationDate { get; init; }

    public ImmutableArray<string>? Locations { get; init; }

    public int NumberOfValuesPerEntry { get; init; }

    public OracleEventStatus Status { get; init; }

    public int TotalAllowedEntries { get; init; }

    public ImmutableArray<Guid>? EntryIds { get; init; }

    public int NumberOfPlacesWin { get; init; }

    public ImmutableArray<EntryBody>? Entries { get; init; }

    public ImmutableArray<WeatherBody>? Weather { get; init; }

    /// <summary>The secret nonce: a defect of v1. Only a simulator with the "v1 quirk" switch ever sets it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Nonce { get; init; }

    /// <summary>R, 33 bytes compressed hex (v2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NoncePoint { get; init; }

    public AnnouncementBody? EventAnnouncement { get; init; }

    /// <summary>32 bytes big-endian hex.</summary>
    public string? Attestation { get; init; }

    /// <summary>npub of the creator.</summary>
    public string? CoordinatorPubkey { get; init; }

    public ImmutableArray<ScoringField>? ScoringFields { get; init; }
}

/// <summary>The event's locking points in outcome order and its expiry in unix seconds.</summary>
public sealed record AnnouncementBody(ImmutableArray<string>? LockingPoints, long? Expiry);

/// <summary>An entry as the oracle shows it.</summary>
public sealed record EntryBody(Guid Id, Guid EventId, ImmutableArray<StationPicks>? ExpectedObservations, long? Score, long? BaseScore);

/// <summary>Forecast and observation of one station.</summary>
public sealed record WeatherBody(string? StationId, ReadingBody? Observed, ReadingBody? Forecasted);

/// <summary>Temperatures in °F, wind in knots.</summary>
public sealed record ReadingBody(DateTimeOffset Date, double TempLow, double TempHigh, double? WindSpeed);

/// <summary>An event in the list of <c>GET /oracle/events</c>.</summary>
public sealed record EventSummaryBody
{
    public Guid Id { get; init; }

    public DateTimeOffset SigningDate { get; init; }

    public DateTimeOffset StartObservationDate { get; init; }

    public DateTimeOffset EndObservationDate { get; init; }

    public ImmutableArray<string>? Locations { get; init; }

    public int NumberOfValuesPerEntry { get; init; }

    public OracleEventStatus Status { get; init; }

    public int TotalAllowedEntries { get; init; }

    public int TotalEntries { get; init; }

    public int NumberOfPlacesWin { get; init; }

    public ImmutableArray<WeatherBody>? Weather { get; init; }

    public string? Attestation { get; init; }

    public string? CoordinatorPubkey { get; init; }

    public ImmutableArray<ScoringField>? ScoringFields { get; init; }
}

/// <summary>A station that can be a location.</summary>
public sealed record StationBody(
    string StationId, string StationName, string State, string IataId, double? ElevationM, double Latitude, double Longitude);

/// <summary>A forecast for one station and day.</summary>
public sealed record ForecastBody(
    string StationId,
    DateTimeOffset Date,
    DateTimeOffset StartTime,
    DateTimeOffset EndTime,
    long TempLow,
    long TempHigh,
    long? WindSpeed,
    long? WindDirection,
    long? HumidityMax,
    string TempUnitCode,
    double? RainAmt,
    double? SnowAmt);

/// <summary>An observation for one station over a time.</summary>
public sealed record ObservationBody(
    string StationId,
    DateTimeOffset StartTime,
    DateTimeOffset EndTime,
    double TempLow,
    double TempHigh,
    long WindSpeed,
    string TempUnitCode,
    long? WindDirection,
    long? Humidity,
    double? RainAmt,
    double? SnowAmt);

/// <summary>A domain error.</summary>
public sealed record ErrorBody(string? Error);
