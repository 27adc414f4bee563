using System.Buffers.Binary;
using System.Collections.Immutable;
using Coordinator.Oracle;

namespace Coordinator.Simulators.Oracle;

/// <summary>Points, scores and winners, exactly as the real oracle counts them: 10 for a right Over or Under, 20 for a right Par.</summary>
public static class Scoring
{
    /// <summary>The points of all picks of one entry: for each location the first picks for that station; nothing where data is
    /// missing.</summary>
    public static long BaseScore(OracleEventTerms terms, ImmutableArray<StationPicks> picks, Func<string, StationWeather> weather)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(weather);
        long total = 0;
        foreach (var station in terms.Locations)
        {
            if (picks.FirstOrDefault(choice => choice.Stations == station) is { } choice
                && weather(station) is { Forecast: { } forecast, Observation: { } observation })
            {
                total += terms.ScoringFields.Sum(scored => choice.Of(scored) is { } pick ? Points(scored, pick, forecast, observation) : 0);
            }
        }

        return total;
    }

    /// <summary>base × 10 000, at least 10 000, less the id's milliseconds modulo 10 000: the smaller remainder wins a tie.</summary>
    public static long Score(long baseScore, Guid entryId) => Math.Max(10_000, baseScore * 10_000) - (Milliseconds(entryId) % 10_000);

    /// <summary>The outcome's indices: everybody where no pick of anybody was right, else the best, best first; equal scores by entry
    /// id.</summary>
    public static ImmutableArray<int> Winners(OracleEventTerms terms, ImmutableArray<EntryRecord> entries)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (entries.All(entry => entry.BaseScore is null or 0))
        {
            return [.. Enumerable.Range(0, terms.TotalAllowedEntries)];
        }

        var order = EntryOrder.Sort(entries.Select(entry => entry.Id));
        return [.. entries.Where(entry => entry.Score is not null)
            .OrderByDescending(entry => entry.Score)
            .ThenBy(entry => order.IndexOf(entry.Id))
            .Take(terms.NumberOfPlacesWin)
            .Select(entry => order.IndexOf(entry.Id))];
    }

    /// <summary>The points of one pick.</summary>
    public static int Points(ScoringField scored, Prediction pick, StationForecast forecast, StationObservation observation)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        ArgumentNullException.ThrowIfNull(observation);
        var (f, o, par) = scored switch
        {
            ScoringField.TempHigh => Exact(forecast.TempHigh, Math.Round(observation.TempHigh, MidpointRounding.AwayFromZero)),
            ScoringField.TempLow => Exact(forecast.TempLow, Math.Round(observation.TempLow, MidpointRounding.AwayFromZero)),
            ScoringField.WindSpeed => Exact(forecast.WindSpeed ?? 0, observation.WindSpeed ?? 0),
            ScoringField.WindDirection => Circular(forecast.WindDirection ?? 0, observation.WindDirection ?? 0),
            ScoringField.RainAmount => Near(forecast.RainAmount ?? 0, observation.RainAmount ?? 0, 0.1),
            ScoringField.SnowAmount => Near(forecast.SnowAmount ?? 0, observation.SnowAmount ?? 0, 0.5),
            ScoringField.Humidity => Near(forecast.HumidityMax ?? 0, observation.Humidity ?? 0, 5),
        };
        return pick switch
        {
            Prediction.Over => o > f ? 10 : 0,
            Prediction.Par => par ? 20 : 0,
            Prediction.Under => o < f ? 10 : 0,
        };
    }

    private static (double Forecast, double Observed, bool IsPar) Exact(double f, double o) => (f, o, o == f);

    private static (double Forecast, double Observed, bool IsPar) Near(double f, double o, double tolerance)
        => (f, o, Math.Abs(o - f) <= tolerance);

    private static (double Forecast, double Observed, bool IsPar) Circular(double f, double o)
    {
        var distance = Math.Abs(o - f) % 360;
        return (f, o, Math.Min(distance, 360 - distance) <= 22);
    }

    private static long Milliseconds(Guid uuidV7)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuidV7.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
