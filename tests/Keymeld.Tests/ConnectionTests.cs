using Coordinator.Testing;

namespace Coordinator.Keymeld.Tests;

/// <summary>The version is asked before a gateway is relied on, and patience has an end.</summary>
public sealed class ConnectionTests
{
    private const string Good = """{"service":"KeyMeld Gateway","version":"0.1.0","api_version":"v1"}""";

    [Theory]
    [InlineData("""{"service":"KeyMeld Gateway","version":"0.4.0","api_version":"v1"}""", "0.4.0")]
    [InlineData("""{"service":"KeyMeld Gateway","version":"1.0.0","api_version":"v1"}""", "1.0.0")]
    [InlineData("""{"service":"KeyMeld Gateway","version":"0.1","api_version":"v1"}""", "0.1")]
    [InlineData("""{"service":"KeyMeld Gateway","version":"0.1.0","api_version":"v2"}""", "api v2")]
    [InlineData("""{"service":"KeyMeld Gateway","version":"0.1.0","api_version":"v1","authorization_protocol_version":1}""", "authorization protocol 1")]
    [InlineData("""{"service":"nginx","version":"0.1.0","api_version":"v1"}""", "'nginx'")]
    public async Task An_unknown_version_is_refused_by_name_and_nothing_is_sent(string version, string named)
    {
        using var questions = new Questions();
        using var gateway = ScriptedGateway.Says(200, version);
        var connection = gateway.Connection();
        var answer = await connection.ReserveAsync(questions.Plan, questions.Secret, default);
        var refused = Assert.IsType<KeymeldAnswer<KeygenReservation>.Refused>(answer);
        Assert.Equal(KeymeldConnection.UnsupportedStatus, refused.Status);
        Assert.Contains(named, refused.Detail, StringComparison.Ordinal);
        Assert.All(gateway.Asked, asked => Assert.Equal("GET /api/v1/version", asked.Line));
    }

    [Fact]
    public async Task A_gateway_without_version_is_not_mistaken_for_a_lost_session()
    {
        using var questions = new Questions();
        using var gateway = ScriptedGateway.Says(404, "no such page");
        var answer = await gateway.Connection().GetKeygenAsync(questions.Plan.Session, questions.Secret, default);
        Assert.False(Assert.IsType<KeymeldAnswer<KeygenStatus>.Refused>(answer).IsNotFound);
    }

    [Fact]
    public async Task The_version_is_asked_once_and_again_after_a_failure()
    {
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        var isAway = false;
        using var gateway = new ScriptedGateway((request, _) => request.RequestUri!.AbsolutePath.EndsWith("/version", StringComparison.Ordinal)
            ? ScriptedGateway.Text(200, Good)
            : isAway ? ScriptedGateway.Text(429, "") : ScriptedGateway.Text(200, answers["slots"]));
        var connection = gateway.Connection();
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await connection.GetSlotsAsync(questions.Plan.Session, questions.Secret, default)).TryGet(out _));
        }

        Assert.Equal(1, Versions());
        isAway = true;
        Assert.IsType<KeymeldAnswer<EnclaveKey>.TryLater>(await connection.GetEnclaveAsync(1, default));
        isAway = false;
        Assert.True((await connection.GetSlotsAsync(questions.Plan.Session, questions.Secret, default)).TryGet(out _));
        Assert.Equal(2, Versions());
        int Versions() => gateway.Asked.Count(asked => asked.Line == "GET /api/v1/version");
    }

    [Fact]
    public async Task A_gateway_that_is_down_at_first_is_used_once_it_is_up()
    {
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        var isUp = false;
        using var gateway = new ScriptedGateway((request, _) => !isUp ? throw new HttpRequestException(HttpRequestError.ConnectionError)
            : ScriptedGateway.Text(200, request.RequestUri!.AbsolutePath.EndsWith("/version", StringComparison.Ordinal) ? Good : answers["reserve"]));
        var connection = gateway.Connection();
        Assert.IsType<KeymeldAnswer<KeygenReservation>.TryLater>(await connection.ReserveAsync(questions.Plan, questions.Secret, default));
        isUp = true;
        Assert.True((await connection.ReserveAsync(questions.Plan, questions.Secret, default)).TryGet(out _));
    }

    [Fact]
    public async Task Every_call_goes_through_with_its_own_answer()
    {
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        foreach (var (name, _, ask) in questions.All())
        {
            using var gateway = new ScriptedGateway((request, _) => ScriptedGateway.Text(
                200, request.RequestUri!.AbsolutePath.EndsWith("/version", StringComparison.Ordinal) ? Good : answers[name]));
            Assert.Equal(("Done", name), (await ask(gateway.Connection()), name));
        }
    }

    [Fact]
    public void Waits_grow_to_their_limit_and_jitter_only_adds()
    {
        var profile = PollingProfile.Default;
        Assert.Equal([250, 375, 562.5], Enumerable.Range(1, 3).Select(attempt => profile.DelayAfter(attempt, 0).TotalMilliseconds));
        Assert.Equal(5_000, profile.DelayAfter(10_000, 0).TotalMilliseconds);
        Assert.Equal(6_250, profile.DelayAfter(10_000, 1).TotalMilliseconds);
        Assert.Equal((60, 100, 2_000), (PollingProfile.Fast.Attempts, PollingProfile.Fast.Initial.TotalMilliseconds, PollingProfile.Fast.Longest.TotalMilliseconds));
        Assert.Equal((240, 500, 10_000), (PollingProfile.Patient.Attempts, PollingProfile.Patient.Initial.TotalMilliseconds, PollingProfile.Patient.Longest.TotalMilliseconds));
        Assert.Equal((60, 500, 5_000), (PollingProfile.Coordinator.Attempts, PollingProfile.Coordinator.Initial.TotalMilliseconds, PollingProfile.Coordinator.Longest.TotalMilliseconds));
    }

    [Fact]
    public async Task Asking_ends_with_what_is_waited_for()
    {
        var (answer, looks) = await PollAsync(attempt => attempt switch
        {
            1 => new KeymeldAnswer<int>.TryLater("away"),
            2 => new KeymeldAnswer<int>.Unclear("broken"),
            _ => new KeymeldAnswer<int>.Done(attempt),
        }, value => value == 5);
        Assert.Equal((new KeymeldAnswer<int>.Done(5), 5), (answer, looks));
    }

    [Fact]
    public async Task Asking_ends_with_a_refusal_and_with_patience()
    {
        Assert.Equal(1, (await PollAsync(_ => new KeymeldAnswer<int>.Refused(400, "no"), _ => true)).Looks);
        Assert.Equal(1, (await PollAsync(_ => new KeymeldAnswer<int>.Refused(404, "no"), _ => true)).Looks);
        Assert.Equal(60, (await PollAsync(_ => new KeymeldAnswer<int>.Refused(404, "no"), _ => true, isNotFoundPending: true)).Looks);
        var (unfinished, looks) = await PollAsync(_ => new KeymeldAnswer<int>.Done(0), _ => false);
        Assert.Equal(("try later: not finished after 60 looks", 60), (unfinished.Describe(), looks));
        Assert.Equal("outcome unknown: x", (await PollAsync(_ => new KeymeldAnswer<int>.Unclear("x"), _ => true)).Answer.Describe());
    }

    private static async Task<(KeymeldAnswer<int> Answer, int Looks)> PollAsync(
        Func<int, KeymeldAnswer<int>> answer, Func<int, bool> isEnd, bool isNotFoundPending = false)
    {
        var clock = new ManualTimeProvider();
        var looks = 0;
        var polling = KeymeldPolling.UntilAsync(
            _ => Task.FromResult(answer(++looks)), isEnd, PollingProfile.Fast, clock, () => 0.5, default, isNotFoundPending);
        for (var i = 0; i < 100 && !polling.IsCompleted; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        return (await polling.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System), looks);
    }
}
