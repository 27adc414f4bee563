using System.Collections.Immutable;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>Stations, forecasts and observations. Observations are those of the scripted or seeded weather, whatever the time asked
/// for.</summary>
internal sealed class WeatherRoutes(OracleSimulator simulator)
{
    private const int MostStations = 100;

    internal static ImmutableArray<StationBody> Stations { get; } =
    [
        new("KDEN", "Denver International Airport", "CO", "DEN", 1_655, 39.8617, -104.6732),
        new("KJFK", "John F. Kennedy International Airport", "NY", "JFK", 4, 40.6398, -73.7787),
        new("KORD", "Chicago O'Hare International Airport", "IL", "ORD", 205, 41.9786, -87.9048),
        new("KATL", "Hartsfield-Jackson Atlanta International Airport", "GA", "ATL", 313, 33.6367, -84.4281),
        new("KSEA", "Seattle-Tacoma International Airport", "WA", "SEA", 132, 47.4490, -122.3093),
        new("KLAX", "Los Angeles International Airport", "CA", "LAX", 38, 33.9425, -118.4081),
        new("KMIA", "Miami International Airport", "FL", "MIA", 3, 25.7932, -80.2906),
        new("KBOS", "Logan International Airport", "MA", "BOS", 6, 42.3643, -71.0052),
        new("KDFW", "Dallas/Fort Worth International Airport", "TX", "DFW", 185, 32.8968, -97.0380),
        new("KPHX", "Phoenix Sky Harbor International Airport", "AZ", "PHX", 346, 33.4343, -112.0116),
    ];

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/stations", () => OracleRoutes.Json(Stations, OracleJson.Default.ImmutableArrayStationBody));
        routes.MapGet("/stations/forecasts", (HttpRequest request) => OracleRoutes.Guard(() =>
            OracleRoutes.Json(Forecasts(request), OracleJson.Default.ImmutableArrayForecastBody)));
        routes.MapGet("/stations/observations", (HttpRequest request) => OracleRoutes.Guard(() =>
            OracleRoutes.Json(Observations(request), OracleJson.Default.ImmutableArrayObservationBody)));
        routes.MapGet("/stations/daily-observations", (HttpRequest request) => OracleRoutes.Guard(() =>
            OracleRoutes.Json(Observations(request), OracleJson.Default.ImmutableArrayObservationBody)));
    }

    private static (ImmutableArray<string> Stations, DateTimeOffset Start, DateTimeOffset End) Query(HttpRequest request,
        DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var ids = request.Query["station_ids"].ToString();
        ImmutableArray<string> stations = ids.Length == 0
            ? [.. Stations.Select(station => station.StationId)]
            : [.. ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        var (start, end) = (Time(request, "start", today), Time(request, "end", today.AddDays(1)));
        return stations.Length > MostStations || start > end || end - start > TimeSpan.FromDays(31)
            ? throw new OracleRefusedException(400, "at most 100 stations, start before end, at most 31 days")
            : (stations, start, end);
    }

    private static DateTimeOffset Time(HttpRequest request, string name, DateTimeOffset otherwise)
    {
        var text = request.Query[name].ToString();
        return text.Length == 0 ? otherwise
            : DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
                ? time.ToUniversalTime()
                : throw new OracleRefusedException(400, $"{name} is not an RFC 3339 time");
    }

    private ImmutableArray<ForecastBody> Forecasts(HttpRequest request)
    {
        var (stations, start, end) = Query(request, simulator.Clock.Now);
        var firstDay = new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero);
        return [.. from station in stations
            let forecast = simulator.Model.WeatherOf(station).Forecast
            where forecast is not null
            from day in Enumerable.Range(0, 32).Select(i => firstDay.AddDays(i)).TakeWhile(day => day < end)
            select new ForecastBody(
                station, day, day, day.AddDays(1), forecast.TempLow, forecast.TempHigh, forecast.WindSpeed, forecast.WindDirection,
                    forecast.HumidityMax,
                "fahrenheit", forecast.RainAmount, forecast.SnowAmount)];
    }

    private ImmutableArray<ObservationBody> Observations(HttpRequest request)
    {
        var (stations, start, end) = Query(request, simulator.Clock.Now);
        return simulator.Clock.Now < start ? [] :
        [
            .. from station in stations
               let seen = simulator.Model.WeatherOf(station).Observation
               where seen is not null
               select new ObservationBody(
                   station, start, end, seen.TempLow, seen.TempHigh, seen.WindSpeed
                       ?? 0, "fahrenheit", seen.WindDirection, seen.Humidity, seen.RainAmount,
                   seen.SnowAmount),
        ];
    }
}
