using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Oracle.Tests;

public sealed class HostileAnswerTests
{
    private static readonly OracleEventTerms Terms = Oracles.Terms();
    private static readonly string NonceHex = Hex.Encode(Hashes.Sha256("oracle-sim-nonce"u8));
    private static readonly string NoncePoint = SecretKey.From(Hashes.Sha256("oracle-sim-nonce"u8)).PublicKey.ToHex();

    private static string Event(string more) => $$"""
        {"id":"{{Terms.Id}}","signing_date":"2026-01-03T09:00:00.5Z","start_observation_date":"2026-01-02T00:00:00Z",
        "end_observation_date":"2026-01-03T00:00:00+00:00","status":"Live","total_allowed_entries":3,"number_of_places_win":1,
        "unknown":{"deep":[1,2,{}]}{{more}}}
        """;

    private static async Task<OracleAnswer<OracleEvent>> AnswerAsync(byte[] body)
    {
        using var handler = new Canned(body);
        using var key = SecretKey.From(Hashes.Sha256("coordinator"u8));
        var http = new HttpMessageInvokerClient(handler);
        var options = new OracleOptions { BaseAddress = new Uri("http://127.0.0.1:9"), QuickRetryDelay = TimeSpan.Zero };
        return await new HttpOracle(http, options, key, TimeProvider.System).GetEventAsync(Terms.Id, default);
    }

    private static Task<OracleAnswer<OracleEvent>> AnswerAsync(string body) => AnswerAsync(Encoding.UTF8.GetBytes(body));

    private static async Task<OracleEvent> ShownAsync(string more)
        => Assert.IsType<OracleAnswer<OracleEvent>.Done>(await AnswerAsync(Event(more))).Value;

    [Fact]
    public async Task An_event_with_only_the_necessary_members_is_read()
    {
        var shown = await ShownAsync("");
        Assert.Equal(Terms.EndObservationDate, shown.EndObservationDate);
        Assert.Empty(shown.Attestation);
        Assert.Empty(shown.LockingPoints);
        Assert.Null(shown.NoncePoint);
        Assert.False(shown.RevealsNonce);
    }

    [Fact]
    public async Task A_secret_nonce_is_found_under_any_name_and_depth_and_with_either_sign()
    {
        var negated = Hex.Encode(SecretKey.From(Hex.Decode(NonceHex)).Negate().ToBytes());
        var point = $",\"nonce_point\":\"{NoncePoint}\"";
        string[] leaks =
        [
            $",\"nonce\":\"{NonceHex}\"", point + $",\"nonce\":\"{NonceHex}\"", point + $",\"k\":\"{NonceHex}\"",
                point + $",\"k\":\"{negated}\"",
            point + $",\"debug\":{{\"list\":[1,\"{NonceHex.ToUpperInvariant()}\"]}}", point + $",\"attestation\":\"{NonceHex}\"",
        ];
        foreach (var leak in leaks)
        {
            Assert.True((await ShownAsync(leak)).RevealsNonce, leak);
        }

        Assert.False((await ShownAsync(point + $",\"other\":\"{new string('1', 64)}\"")).RevealsNonce);
    }

    [Fact]
    public async Task Answers_that_are_no_such_event_are_unclear()
    {
        string[] bad =
        [
            "", "null", "[]", "{", "nonsense", "{}", Event("").Replace(Terms.Id.ToString(), Oracles.Terms(number: 2).Id.ToString(),
                StringComparison.Ordinal),
            Event(",\"attestation\":\"00\""), Event(",\"attestation\":7"), Event(",\"nonce_point\":\"02\""),
                Event(",\"status\":\"Lively\""),
            Event(",\"entry_ids\":[\"x\"]"), Event(",\"event_announcement\":{\"locking_points\":7}"), Event(",\"entries\":{}"),
            Event(",\"k\":" + new string('[', 100) + new string(']', 100)),
                Event(",\"k\":\"\\ud800\",\"nonce_point\":\"" + NoncePoint + "\""),
            Event(",\"nonce_point\":\"" + NoncePoint + "\",\"k\":[" + string.Join(',', Enumerable.Range(0,
                100).Select(i => $"\"{i:x64}\"")) + "]"),
        ];
        foreach (var body in bad)
        {
            Assert.True(await AnswerAsync(body) is OracleAnswer<OracleEvent>.Unclear, body);
        }
    }

    [Fact]
    public async Task Any_changed_answer_is_read_or_unclear()
    {
        const ulong Seed = 9;
        var state = Seed;
        var good = Encoding.UTF8.GetBytes(Event($",\"nonce_point\":\"{NoncePoint}\",\"attestation\":null,\"entry_ids\":[],\"entries\":[]"));
        for (var i = 0; i < 1_500; i++)
        {
            var bad = (byte[])good.Clone();
            for (var edits = 0; edits < 3; edits++)
            {
                state = unchecked((state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
                bad[(int)((state >> 33) % (ulong)bad.Length)] = (byte)((state >> 20) & 0xff);
            }

            var answer = await AnswerAsync(bad);
            Assert.True(answer is OracleAnswer<OracleEvent>.Done or OracleAnswer<OracleEvent>.Unclear, $"seed {Seed}, round {i}");
        }
    }

    [Fact]
    public async Task A_foreign_error_text_is_cut_to_one_line()
    {
        using var handler = new Canned(Encoding.UTF8.GetBytes("<html>\r\n" + new string('x', 5_000)), HttpStatusCode.Forbidden);
        using var key = SecretKey.From(Hashes.Sha256("coordinator"u8));
        var options = new OracleOptions { BaseAddress = new Uri("http://127.0.0.1:9") };
        var answer = await new HttpOracle(new HttpMessageInvokerClient(handler), options, key,
            TimeProvider.System).GetPublicKeyAsync(default);
        Assert.True(answer.Describe().Length < 400);
        Assert.DoesNotContain('\n', answer.Describe());
    }

    /// <summary>The handler throws what the socket does where the other side hangs up between connecting and the request.</summary>
    [Fact]
    public async Task A_connection_that_is_cut_as_it_is_made_is_unclear()
    {
        using var handler = new Cut();
        using var key = SecretKey.From(Hashes.Sha256("coordinator"u8));
        var oracle = new HttpOracle(new HttpMessageInvokerClient(handler), new OracleOptions { BaseAddress = new Uri("http://127.0.0.1:9") }, key, TimeProvider.System);
        Assert.IsType<OracleAnswer<OracleEvent>.Unclear>(await oracle.CreateEventAsync(Terms, default));
    }

    private sealed class Cut : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected));
    }

    private sealed class HttpMessageInvokerClient(HttpMessageHandler handler) : HttpClient(handler, disposeHandler: false);

    private sealed class Canned(byte[] body, HttpStatusCode status = HttpStatusCode.OK) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(status) { Content = new ByteArrayContent(body) });
    }
}
