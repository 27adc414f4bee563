using System.Globalization;
using Coordinator.Cli.Processes;
using Coordinator.Cli.Synth;

namespace Coordinator.Cli.Tests;

/// <summary>What a synthetic run leaves behind: its history, also where its process died, and the metrics that are reckoned from it.</summary>
public sealed class SynthHistoryTests : IDisposable
{
    private static readonly Guid First = Guid.Parse("019b7a00-0000-7000-8000-000000000001", CultureInfo.InvariantCulture);
    private static readonly Guid Second = Guid.Parse("019b7a00-0000-7000-8000-000000000002", CultureInfo.InvariantCulture);
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-synth-").FullName;
    private readonly SteppedClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_is_read_as_it_was_written()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        _clock.Pass(TimeSpan.FromSeconds(2));
        history.Step(First, "create_competition", 1.23456);
        _clock.Pass(TimeSpan.FromSeconds(58));
        history.Ended(First, SynthStatus.Success, null, isOpen: false, new SynthMoney(150_000, 1_500, 142_000, 0));
        var run = Assert.Single(history.Read());
        Assert.Equal((First, SynthStatus.Success, 60.0, false), (run.Run, run.Status, run.Seconds!.Value, run.IsOpen));
        Assert.Equal(("create_competition", 1.235), (Assert.Single(run.Steps).Name, run.Steps[0].Seconds));
        Assert.Equal(new SynthMoney(150_000, 1_500, 142_000, 0), run.Money);
    }

    [Fact]
    public void A_run_whose_process_died_is_unfinished_and_open_until_it_is_gone_on_with()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        history.Step(First, "create_competition", 1);
        Assert.Equal((SynthStatus.Unfinished, true), (history.Read()[0].Status, history.Read()[0].IsOpen));
        Assert.Contains("died", SynthText.History(history.Read(), 10, isInUse: false, _clock.GetUtcNow()), StringComparison.Ordinal);
        Assert.Contains("running", SynthText.History(history.Read(), 10, isInUse: true, _clock.GetUtcNow()), StringComparison.Ordinal);
        history.Resumed(First);
        history.Ended(First, SynthStatus.Success, null, isOpen: false, null);
        Assert.Equal((SynthStatus.Success, 1, false), (history.Read()[0].Status, history.Read()[0].Resumed, history.Read()[0].IsOpen));
    }

    [Fact]
    public void A_failed_run_that_is_gone_on_with_is_no_failure_any_more()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        history.Ended(First, SynthStatus.Failure, "nothing went on", isOpen: true, null);
        Assert.Equal(("nothing went on", true), (history.Read()[0].Reason, history.Read()[0].IsOpen));
        history.Resumed(First);
        Assert.Equal((SynthStatus.Unfinished, (string?)null), (history.Read()[0].Status, history.Read()[0].Reason));
    }

    [Fact]
    public void A_line_that_was_cut_short_is_passed_over_and_the_next_one_begins_anew()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        var whole = File.ReadAllText(FileName);
        for (var length = 1; length < whole.Length - 1; length++)
        {
            File.WriteAllText(FileName, whole + whole[..length]);
            Assert.Single(history.Read());
            history.Step(First, "load_users", 1);
            Assert.Equal("load_users", Assert.Single(Assert.Single(history.Read()).Steps).Name);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"event\":\"step\",\"run\":\"019b7a00-0000-7000-8000-000000000009\",\"at\":\"2026-01-01T00:00:00Z\",\"step\":\"x\",\"seconds\":1}")]
    [InlineData("{\"event\":\"started\",\"run\":\"7\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    public void A_file_that_is_no_history_is_refused_by_line(string line)
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        File.AppendAllText(FileName, $"{line}\n");
        history.Started(Second, SynthOptions.Scenario, 3);
        Assert.Contains("in line 2", Assert.Throws<CommandFailedException>(() => history.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_newest_runs_are_kept_and_whatever_is_open_and_the_last_success()
    {
        var history = History();
        static Guid Run(int number) => new(number, 0, 0, new byte[8]);
        for (var number = 1; number <= 30; number++)
        {
            history.Started(Run(number), SynthOptions.Scenario, 3);
            _clock.Pass(TimeSpan.FromSeconds(1));
            history.Step(Run(number), "create_competition", 1);
            if (number != 3)
            {
                history.Ended(Run(number), number == 5 ? SynthStatus.Success : SynthStatus.Failure, "why", isOpen: number == 2, null);
            }
        }

        var before = history.Read();
        history.Trim(28);
        Assert.Equal(30, history.Read().Count);
        File.AppendAllText(Path.Combine(_folder, "history.jsonl"), "{\"event\":\"st");
        history.Trim(10);
        var after = history.Read();
        Assert.Equal([2, 3, 5, .. Enumerable.Range(21, 10)], after.Select(run => BitConverter.ToInt32(run.Run.ToByteArray())));
        Assert.Equal(before.Where(run => after.Exists(kept => kept.Run == run.Run)).Select(run => run.ToJson().ToJsonString()), after.Select(run => run.ToJson().ToJsonString()));
        Assert.Equal((SynthMetrics.IsHealthy(before), SynthMetrics.LastSuccess(before)!.Ended), (SynthMetrics.IsHealthy(after), SynthMetrics.LastSuccess(after)!.Ended));
        history.Trim(10);
        history.Started(Run(31), SynthOptions.Scenario, 3);
        Assert.Equal(14, history.Read().Count);
        Assert.Equal(["history.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_empty_or_missing_history_is_left_alone()
    {
        History().Trim(0);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void No_file_is_no_run()
    {
        Assert.Empty(History().Read());
        Assert.Equal(["no run yet"], SynthText.Status([], isInUse: false, _clock.GetUtcNow()));
        Assert.Equal("no run yet", SynthText.History([], 10, isInUse: false, _clock.GetUtcNow()));
        Assert.False(SynthMetrics.IsHealthy([]));
    }

    [Fact]
    public void Health_is_the_run_that_ended_last()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        _clock.Pass(TimeSpan.FromSeconds(10));
        history.Ended(First, SynthStatus.Success, null, isOpen: false, null);
        Assert.True(SynthMetrics.IsHealthy(history.Read()));
        history.Started(Second, SynthOptions.Scenario, 3);
        Assert.True(SynthMetrics.IsHealthy(history.Read()));
        _clock.Pass(TimeSpan.FromSeconds(100));
        history.Ended(Second, SynthStatus.Failure, "late", isOpen: true, null);
        var runs = history.Read();
        Assert.False(SynthMetrics.IsHealthy(runs));
        Assert.Equal(First, SynthMetrics.LastSuccess(runs)!.Run);
        var status = string.Join('\n', SynthText.Status(runs, isInUse: false, _clock.GetUtcNow()));
        Assert.Contains("NOT HEALTHY", status, StringComparison.Ordinal);
        Assert.Contains($"cli synth run --resume {Second}", status, StringComparison.Ordinal);
        Assert.False(SynthText.StatusJson(runs, isInUse: false)["healthy"]!.GetValue<bool>());
    }

    [Fact]
    public void Metrics_have_every_run_and_step_of_the_history()
    {
        var history = History();
        history.Started(First, SynthOptions.Scenario, 3);
        history.Step(First, "wait_event_created", 2);
        _clock.Pass(TimeSpan.FromSeconds(90));
        history.Ended(First, SynthStatus.Success, null, isOpen: false, null);
        history.Started(Second, SynthOptions.Scenario, 3);
        history.Step(Second, "wait_event_created", 20);
        history.Ended(Second, SynthStatus.Failure, "late\n\"quoted\"", isOpen: true, null);
        var lines = SynthMetrics.Text(history.Read()).Split('\n');
        Assert.Equal(string.Empty, lines[^1]);
        foreach (var line in new[]
        {
            "synth_scenario_runs_total{scenario=\"full_lifecycle\",status=\"success\"} 1",
            "synth_scenario_runs_total{scenario=\"full_lifecycle\",status=\"failure\"} 1",
            "synth_scenario_duration_seconds_bucket{scenario=\"full_lifecycle\",le=\"60\"} 1",
            "synth_scenario_duration_seconds_bucket{scenario=\"full_lifecycle\",le=\"120\"} 2",
            "synth_scenario_duration_seconds_sum{scenario=\"full_lifecycle\"} 90",
            "synth_step_duration_seconds_bucket{scenario=\"full_lifecycle\",step=\"wait_event_created\",le=\"5\"} 1",
            "synth_step_duration_seconds_bucket{scenario=\"full_lifecycle\",step=\"wait_event_created\",le=\"+Inf\"} 2",
            "synth_step_duration_seconds_count{scenario=\"full_lifecycle\",step=\"wait_event_created\"} 2",
            "synth_competition_lifecycle_healthy 0",
            $"synth_last_successful_run_timestamp {SteppedClock.Start.AddSeconds(90).ToUnixTimeSeconds()}",
            "synth_open_runs 1",
        })
        {
            Assert.Contains(line, lines);
        }

        Assert.All(lines[..^1], line => Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[^}]*\\})? [0-9.]+)$", line));
    }

    [Fact]
    public void Metrics_exist_before_the_first_run()
        => Assert.Contains("synth_scenario_runs_total{scenario=\"full_lifecycle\",status=\"success\"} 0", SynthMetrics.Text([]).Split('\n'));

    [Fact]
    public void A_metrics_file_is_replaced_as_a_whole_and_one_that_cannot_be_is_refused()
    {
        var file = Path.Combine(_folder, "synth.prom");
        SynthMetrics.Write(file, "one\n");
        SynthMetrics.Write(file, "two\n");
        Assert.Equal("two\n", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
        Assert.Contains("cannot be written", Assert.Throws<CommandFailedException>(() => SynthMetrics.Write(Path.Combine(_folder, "none", "x.prom"), "one")).Message, StringComparison.Ordinal);
    }

    private string FileName => Path.Combine(_folder, "history.jsonl");

    private SynthHistory History() => new(FileName, _clock);

    private sealed class SteppedClock : TimeProvider
    {
        private DateTimeOffset _now = Start;

        public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Pass(TimeSpan span) => _now += span;
    }
}
