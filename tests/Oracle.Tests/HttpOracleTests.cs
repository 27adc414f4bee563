using Coordinator.Simulators.Oracle;

namespace Coordinator.Oracle.Tests;

public sealed class HttpOracleTests
{
    [Fact]
    public async Task A_whole_event_is_announced_filled_and_attested()
    {
        await using var oracles = await Oracles.StartAsync();
        Assert.True((await oracles.Client.GetPublicKeyAsync(default)).TryGet(out var key));
        Assert.Equal("02b766a6303dd79f7d091534194bafbf2f4c4ded2ce9284a13d023413b32cf1742", key.ToHex());

        var terms = Oracles.Terms(entries: 3, places: 2);
        Assert.True((await oracles.Client.CreateEventAsync(terms, default)).TryGet(out var created));
        Assert.Equal(OracleEventStatus.Live, created.Status);
        var announcement = OracleAnnouncement.Verify(created, terms, key, isRegtest: false).Announcement;
        Assert.NotNull(announcement);

        var entries = Oracles.Entries(3);
        Assert.Equal("done", (await oracles.Client.AddEntriesAsync(terms.Id, entries, default)).Describe());
        Assert.True((await oracles.ShownAsync(terms.Id)).ShowsExactly(entries.Select(entry => entry.Id)));

        // Forecast 50, observed 53: Over is right, the two others are not and tie; the smaller remainder of milliseconds wins.
        oracles.Model.SetWeather("KDEN", new StationWeather(new StationForecast(50, 30), new StationObservation(53, 30)));
        oracles.Simulator.SignNow(terms.Id);
        var shown = await oracles.ShownAsync(terms.Id);
        Assert.Equal(OracleEventStatus.Signed, shown.Status);
        Assert.False(shown.RevealsNonce);
        var outcome = announcement.OutcomeOf(shown.Attestation.AsSpan());
        Assert.NotNull(outcome);
        Assert.Equal([0, 1], announcement.Outcomes.Ranking(outcome.Value).ToArray());
        Assert.Equal(10, shown.Entries.Single(entry => entry.Id == Oracles.EntryId(0)).BaseScore);
        Assert.Null(shown.Entries.Single(entry => entry.Id == Oracles.EntryId(1)).BaseScore);
    }

    [Fact]
    public async Task An_event_that_does_not_exist_is_not_found_and_a_bad_one_is_refused()
    {
        await using var oracles = await Oracles.StartAsync();
        var missing = Assert.IsType<OracleAnswer<OracleEvent>.Refused>(await oracles.Client.GetEventAsync(Oracles.Terms().Id, default));
        Assert.True(missing.IsNotFound);
        var bad = await oracles.Client.CreateEventAsync(Oracles.Terms() with { NumberOfPlacesWin = 3 }, default);
        Assert.Equal(400, Assert.IsType<OracleAnswer<OracleEvent>.Refused>(bad).Status);
        Assert.Contains("Invalid event", bad.Describe(), StringComparison.Ordinal);
        var late = await oracles.Client.AddEntriesAsync(Oracles.Terms().Id, Oracles.Entries(3), default);
        Assert.Equal(404, Assert.IsType<OracleAnswer<Acknowledged>.Refused>(late).Status);
    }

    [Fact]
    public async Task A_repeated_create_is_unclear_and_the_event_is_there()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = Oracles.Terms();
        Assert.IsType<OracleAnswer<OracleEvent>.Done>(await oracles.Client.CreateEventAsync(terms, default));
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await oracles.Client.CreateEventAsync(terms, default));
        Assert.Equal(terms.Id, (await oracles.ShownAsync(terms.Id)).Id);
    }

    [Fact]
    public async Task Entries_are_taken_once_and_only_from_the_creator()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = Oracles.Terms();
        await oracles.Client.CreateEventAsync(terms, default);
        using var stranger = Bitcoin.SecretKey.Generate();
        var other = new HttpOracle(oracles.Http, new OracleOptions { BaseAddress = oracles.Simulator.Address }, stranger,
            TimeProvider.System);
        Assert.Equal(400, Assert.IsType<OracleAnswer<Acknowledged>.Refused>(await other.AddEntriesAsync(terms.Id, Oracles.Entries(3),
            default)).Status);
        Assert.Equal("done", (await oracles.Client.AddEntriesAsync(terms.Id, Oracles.Entries(3), default)).Describe());
        Assert.IsType<OracleAnswer<Acknowledged>.Refused>(await oracles.Client.AddEntriesAsync(terms.Id, Oracles.Entries(3), default));
    }

    [Fact]
    public async Task A_busy_oracle_is_asked_once_more_and_then_later()
    {
        await using var oracles = await Oracles.StartAsync();
        foreach (var status in new[] { 429, 502, 503, 504 })
        {
            var terms = Oracles.Terms(number: status);
            oracles.Simulator.Faults.Add(new OracleFault(OracleFaultKind.Status, StatusCode: status));
            Assert.IsType<OracleAnswer<OracleEvent>.Done>(await oracles.Client.CreateEventAsync(terms, default));
            oracles.Simulator.Faults.Add(new OracleFault(OracleFaultKind.Status, StatusCode: status, Times: 2));
            Assert.IsType<OracleAnswer<OracleEvent>.TryLater>(await oracles.Client.GetEventAsync(terms.Id, default));
        }
    }

    [Fact]
    public async Task Another_refusal_is_final()
    {
        await using var oracles = await Oracles.StartAsync();
        foreach (var status in new[] { 401, 403, 404, 422 })
        {
            oracles.Simulator.Faults.Add(new OracleFault(OracleFaultKind.Status, StatusCode: status));
            var answer = await oracles.Client.CreateEventAsync(Oracles.Terms(), default);
            Assert.Equal(status, Assert.IsType<OracleAnswer<OracleEvent>.Refused>(answer).Status);
            Assert.Contains("scripted fault", answer.Describe(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(OracleFaultKind.DropBefore, false)]
    [InlineData(OracleFaultKind.DropAfter, true)]
    [InlineData(OracleFaultKind.FailAfter, true)]
    [InlineData(OracleFaultKind.Garbage, true)]
    [InlineData(OracleFaultKind.Endless, false)]
    public async Task A_write_whose_answer_is_lost_is_unclear_whether_it_happened_or_not(OracleFaultKind kind, bool happened)
    {
        await using var oracles = await Oracles.StartAsync(maximumAnswerBytes: 65_536);
        oracles.Simulator.Faults.Add(new OracleFault(kind, Method: "POST"));
        var terms = Oracles.Terms();
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await oracles.Client.CreateEventAsync(terms, default));
        var read = await oracles.Client.GetEventAsync(terms.Id, default);
        Assert.Equal(happened, read is OracleAnswer<OracleEvent>.Done);
    }

    [Fact]
    public async Task A_read_that_fails_with_500_may_work_later()
    {
        await using var oracles = await Oracles.StartAsync();
        oracles.Simulator.Faults.Add(new OracleFault(OracleFaultKind.Status, StatusCode: 500, Times: 2));
        Assert.IsType<OracleAnswer<OracleEvent>.TryLater>(await oracles.Client.GetEventAsync(Oracles.Terms().Id, default));
    }

    [Fact]
    public async Task A_late_answer_is_unclear_and_the_caller_may_give_up_earlier()
    {
        await using var oracles = await Oracles.StartAsync();
        oracles.Simulator.Faults.Add(new OracleFault(OracleFaultKind.Delay, DelayMilliseconds: 30_000, Times: 2));
        var hasty = oracles.ClientWith(options => options with { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await hasty.CreateEventAsync(Oracles.Terms(), default));
        using var givingUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => oracles.Client.GetEventAsync(Oracles.Terms().Id, givingUp.Token));
    }

    [Fact]
    public async Task An_oracle_that_is_not_there_may_be_there_later()
    {
        await using var oracles = await Oracles.StartAsync();
        var nobody = oracles.ClientWith(options => options with { BaseAddress = new Uri("http://127.0.0.1:1") });
        Assert.IsType<OracleAnswer<Bitcoin.PublicKey>.TryLater>(await nobody.GetPublicKeyAsync(default));
    }

    [Fact]
    public async Task Lies_of_the_oracle_are_found_in_its_announcement()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = Oracles.Terms();
        await oracles.Client.CreateEventAsync(terms, default);
        async Task<AnnouncementProblem?> ProblemAsync(OracleBehaviour behaviour, bool isRegtest = false)
        {
            oracles.Model.Behaviour = behaviour;
            return OracleAnnouncement.Verify(await oracles.ShownAsync(terms.Id), terms, oracles.Model.PublicKey, isRegtest).Problem;
        }

        Assert.Null(await ProblemAsync(new()));
        Assert.Equal(AnnouncementProblem.WrongLockingPoints, await ProblemAsync(new() { WrongLockingPoint = true }));
        Assert.Equal(AnnouncementProblem.WrongExpiry, await ProblemAsync(new() { WrongExpiry = true }));
        Assert.Equal(AnnouncementProblem.NoNoncePoint, await ProblemAsync(new() { HideNoncePoint = true }));
        Assert.Equal(AnnouncementProblem.KnownNonce, await ProblemAsync(new() { RevealNonce = true }));
        Assert.Equal(AnnouncementProblem.KnownNonce, await ProblemAsync(new() { RevealNonce = true, HideNoncePoint = true }));
        Assert.Null(await ProblemAsync(new() { RevealNonce = true, HideNoncePoint = true }, isRegtest: true));
    }

    [Fact]
    public async Task Lies_about_entries_and_attestations_are_found()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = await oracles.FilledEventAsync();
        var ours = Oracles.Entries(3).Select(entry => entry.Id).ToArray();
        oracles.Model.Behaviour = new OracleBehaviour { UnsortedEntries = true };
        var unsorted = await oracles.ShownAsync(terms.Id);
        Assert.True(unsorted.ShowsExactly(ours));
        Assert.Equal(ours.Reverse(), unsorted.EntryIds);
        oracles.Model.Behaviour = new OracleBehaviour { LoseEntry = true };
        Assert.False((await oracles.ShownAsync(terms.Id)).ShowsExactly(ours));

        var announcement = OracleAnnouncement.Verify(await oracles.ShownAsync(terms.Id), terms, oracles.Model.PublicKey,
            isRegtest: false).Announcement!;
        oracles.Model.Behaviour = new OracleBehaviour { WrongAttestation = true };
        oracles.Simulator.SignNow(terms.Id);
        Assert.Null(announcement.OutcomeOf((await oracles.ShownAsync(terms.Id)).Attestation.AsSpan()));
        oracles.Model.Behaviour = new OracleBehaviour();
        Assert.NotNull(announcement.OutcomeOf((await oracles.ShownAsync(terms.Id)).Attestation.AsSpan()));
    }

    [Fact]
    public async Task An_oracle_that_never_attests_stays_completed_and_one_without_points_refunds()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = await oracles.FilledEventAsync();
        oracles.Model.Behaviour = new OracleBehaviour { NeverAttest = true };
        oracles.Simulator.SignNow(terms.Id);
        var silent = await oracles.ShownAsync(terms.Id);
        Assert.Equal(OracleEventStatus.Completed, silent.Status);
        Assert.Empty(silent.Attestation);
        oracles.Model.Behaviour = new OracleBehaviour { AllZero = true };
        oracles.Simulator.Update();
        var shown = await oracles.ShownAsync(terms.Id);
        var announcement = OracleAnnouncement.Verify(shown, terms, oracles.Model.PublicKey, isRegtest: false).Announcement!;
        Assert.Equal(announcement.Outcomes.RefundAll, announcement.OutcomeOf(shown.Attestation.AsSpan()));
    }

    [Fact]
    public async Task An_event_of_13_801_outcomes_crosses_the_wire_and_is_verified()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = Oracles.Terms(entries: 25, places: 3);
        var client = oracles.ClientWith(options => options with { Timeout = TimeSpan.FromMinutes(1) });
        Assert.True((await client.CreateEventAsync(terms, default)).TryGet(out var shown));
        Assert.Equal(13_801, shown.LockingPoints.Length);
        Assert.Null(OracleAnnouncement.Verify(shown, terms, oracles.Model.PublicKey, isRegtest: false).Problem);
    }

    [Fact]
    public void Options_outside_their_ranges_are_named()
    {
        var good = new OracleOptions { BaseAddress = new Uri("http://127.0.0.1:9800") };
        Assert.Empty(good.Complaints());
        Assert.Single((good with { BaseAddress = new Uri("ftp://127.0.0.1") }).Complaints());
        Assert.Single((good with { Timeout = TimeSpan.Zero }).Complaints());
        Assert.Single((good with { QuickRetryDelay = TimeSpan.FromMinutes(1) }).Complaints());
        Assert.Single((good with { MaximumAnswerBytes = 1 }).Complaints());
    }
}
