using System.Text;

namespace Coordinator.Simulators.Oracle;

/// <summary>What was forecast: temperatures °F, wind knots, direction degrees, amounts inches, humidity percent.</summary>
public sealed record StationForecast(
    long TempHigh,
    long TempLow,
    long? WindSpeed = null,
    long? WindDirection = null,
    double? RainAmount = null,
    double? SnowAmount = null,
    long? HumidityMax = null);

/// <summary>What was measured; the same units.</summary>
public sealed record StationObservation(
    double TempHigh,
    double TempLow,
    long? WindSpeed = null,
    long? WindDirection = null,
    double? RainAmount = null,
    double? SnowAmount = null,
    long? Humidity = null);

/// <summary>A station's weather; null is missing data.</summary>
public sealed record StationWeather(StationForecast? Forecast, StationObservation? Observation);

/// <summary>Weather from a seed: the same for one seed and station, for ever. Every value lands above, on or below its forecast with
/// equal chance.</summary>
public static class SeededWeather
{
    public static StationWeather Of(ulong seed, string station)
    {
        var draw = new Draw(seed, station);
        var high = 45 + draw.Below(45);
        var forecast = new StationForecast(
            high,
            high - 8 - draw.Below(15),
            5 + draw.Below(15),
            40 + draw.Below(280),
            0.5 + (draw.Below(10) / 10.0),
            2 + draw.Below(4),
            40 + draw.Below(40));
        var observation = new StationObservation(
            forecast.TempHigh + (draw.Side() * (1.0 + draw.Below(5))),
            forecast.TempLow + (draw.Side() * (1.0 + draw.Below(5))),
            forecast.WindSpeed + (draw.Side() * (1 + draw.Below(4))),
            forecast.WindDirection + (draw.Side() * (23 + draw.Below(15))),
            forecast.RainAmount + (draw.Side() * 0.3),
            forecast.SnowAmount + (draw.Side() * 1.0),
            forecast.HumidityMax + (draw.Side() * (6 + draw.Below(12))));
        return new(forecast, observation);
    }

    /// <summary>A splitmix64 stream started from the seed and the station's name.</summary>
    private sealed class Draw
    {
        private ulong _state;

        internal Draw(ulong seed, string station)
        {
            _state = seed;
            foreach (var letter in Encoding.UTF8.GetBytes(station))
            {
                _state = unchecked((_state ^ letter) * 0x100000001B3);
            }
        }

        internal long Below(int limit)
        {
            unchecked
            {
                _state += 0x9E3779B97F4A7C15;
                var z = _state;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                return (long)((z ^ (z >> 31)) % (ulong)limit);
            }
        }

        /// <summary>−1, 0 or 1.</summary>
        internal long Side() => Below(3) - 1;
    }
}
