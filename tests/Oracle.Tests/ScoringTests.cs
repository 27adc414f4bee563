using System.Collections.Immutable;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Oracle.Tests;

public sealed class ScoringTests
{
    [Theory]
    [InlineData(ScoringField.TempHigh, 50, 51, 10, 0, 0)]
    [InlineData(ScoringField.TempHigh, 50, 50, 0, 20, 0)]
    [InlineData(ScoringField.TempHigh, 50, 50.49, 0, 20, 0)]
    [InlineData(ScoringField.TempHigh, 50, 50.5, 10, 0, 0)]
    [InlineData(ScoringField.TempHigh, 51, 50.5, 0, 20, 0)]
    [InlineData(ScoringField.TempLow, -3, -2.5, 0, 20, 0)]
    [InlineData(ScoringField.TempLow, -2, -2.5, 0, 0, 10)]
    [InlineData(ScoringField.TempLow, 30, 29, 0, 0, 10)]
    [InlineData(ScoringField.WindSpeed, 10, 11, 10, 0, 0)]
    [InlineData(ScoringField.WindSpeed, 10, 10, 0, 20, 0)]
    [InlineData(ScoringField.WindSpeed, 10, 9, 0, 0, 10)]
    [InlineData(ScoringField.WindDirection, 350, 10, 0, 20, 10)]
    [InlineData(ScoringField.WindDirection, 100, 122, 10, 20, 0)]
    [InlineData(ScoringField.WindDirection, 100, 123, 10, 0, 0)]
    [InlineData(ScoringField.WindDirection, 100, 77, 0, 0, 10)]
    [InlineData(ScoringField.RainAmount, 0.5, 0.55, 10, 20, 0)]
    [InlineData(ScoringField.RainAmount, 0.5, 0.75, 10, 0, 0)]
    [InlineData(ScoringField.RainAmount, 0.5, 0.5, 0, 20, 0)]
    [InlineData(ScoringField.SnowAmount, 2, 1.5, 0, 20, 10)]
    [InlineData(ScoringField.SnowAmount, 2, 1.25, 0, 0, 10)]
    [InlineData(ScoringField.Humidity, 60, 65, 10, 20, 0)]
    [InlineData(ScoringField.Humidity, 60, 66, 10, 0, 0)]
    [InlineData(ScoringField.Humidity, 60, 54, 0, 0, 10)]
    public void Each_field_scores_over_par_and_under(ScoringField scored, double f, double o, int over, int par, int under)
    {
        var forecast = new StationForecast((long)f, (long)f, (long)f, (long)f, f, f, (long)f);
        var observation = new StationObservation(o, o, (long)o, (long)o, o, o, (long)o);
        Assert.Equal(over, Scoring.Points(scored, Prediction.Over, forecast, observation));
        Assert.Equal(par, Scoring.Points(scored, Prediction.Par, forecast, observation));
        Assert.Equal(under, Scoring.Points(scored, Prediction.Under, forecast, observation));
    }

    [Fact]
    public void Missing_amounts_count_as_zero()
    {
        var (forecast, observation) = (new StationForecast(50, 30), new StationObservation(50, 30));
        foreach (var scored in new[] { ScoringField.WindSpeed, ScoringField.WindDirection, ScoringField.RainAmount,
            ScoringField.SnowAmount, ScoringField.Humidity })
        {
            Assert.Equal(20, Scoring.Points(scored, Prediction.Par, forecast, observation));
            Assert.Equal(10, Scoring.Points(scored, Prediction.Over, forecast, new StationObservation(50, 30, 23, 23, 1, 1, 23)));
        }
    }

    [Fact]
    public void The_base_score_adds_the_first_picks_of_each_location_with_data()
    {
        var terms = Oracles.Terms() with { Locations = ["KDEN", "KJFK", "KORD"] };
        ImmutableArray<StationPicks> picks =
        [
            new("KDEN", TempHigh: Prediction.Par, TempLow: Prediction.Over, Humidity: Prediction.Par),
            new("KDEN", TempHigh: Prediction.Over),
            new("KJFK", WindSpeed: Prediction.Under),
            new("KORD", TempHigh: Prediction.Par),
        ];
        var weather = new StationWeather(new StationForecast(50, 30, 10), new StationObservation(50, 31, 9));
        Assert.Equal(40, Scoring.BaseScore(terms, picks, station => station == "KORD" ? weather with { Observation = null } : weather));
        Assert.Equal(60, Scoring.BaseScore(terms, picks, _ => weather));
        Assert.Equal(0, Scoring.BaseScore(terms, [], _ => weather));
    }

    [Fact]
    public void A_score_is_the_base_less_the_milliseconds_of_the_entry_id()
    {
        var id = Guid.Parse("019b7a00-0000-7000-8000-000000000001"); // 0x019b7a000000 = 1767278379008 ms
        Assert.Equal(100_000 - 9_008, Scoring.Score(10, id));
        Assert.Equal(10_000 - 9_008, Scoring.Score(0, id));
    }

    [Fact]
    public void Winners_are_ordered_by_score_then_by_the_smaller_remainder_then_by_id()
    {
        var terms = Oracles.Terms(entries: 4, places: 3);
        static EntryRecord Entry(string id, long points) => new(Guid.Parse(id), [], Scoring.Score(points, Guid.Parse(id)), points);
        // Index by id: 0 and 1 were made in the same millisecond, 2 one later, 3 two later.
        EntryRecord[] made =
        [
            Entry("019b7a00-0000-7000-8000-000000000001", 20), Entry("019b7a00-0000-7000-8000-000000000002", 20),
            Entry("019b7a00-0001-7000-8000-000000000000", 20), Entry("019b7a00-0002-7000-8000-000000000000", 30),
        ];
        Assert.Equal([3, 0, 1], Scoring.Winners(terms, [.. made.Reverse()]).ToArray());
        Assert.Equal([3, 0, 1], Scoring.Winners(terms, [.. made]).ToArray());
    }

    [Fact]
    public void Nobody_with_points_is_a_refund_for_all()
    {
        var terms = Oracles.Terms();
        ImmutableArray<EntryRecord> entries = [.. Enumerable.Range(0, 3).Select(i => new EntryRecord(Oracles.EntryId(i), [], 9_000, 0))];
        Assert.Equal([0, 1, 2], Scoring.Winners(terms, entries).ToArray());
    }

    [Fact]
    public void Seeded_weather_is_the_same_for_one_seed_and_another_for_another()
    {
        Assert.Equal(SeededWeather.Of(7, "KDEN"), SeededWeather.Of(7, "KDEN"));
        Assert.NotEqual(SeededWeather.Of(7, "KDEN"), SeededWeather.Of(8, "KDEN"));
        Assert.NotEqual(SeededWeather.Of(7, "KDEN"), SeededWeather.Of(7, "KJFK"));
    }
}
