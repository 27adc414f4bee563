using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Testing;

namespace Coordinator.Keymeld.Tests;

/// <summary>What a gateway may answer: every answer becomes one of four cases, none an exception.</summary>
public sealed class HostileGatewayTests
{
    public static TheoryData<int, string, string> Statuses => new()
    {
        { 400, "Refused", "Refused" }, { 401, "Refused", "Refused" }, { 404, "Refused", "Refused" }, { 413, "Refused", "Refused" },
        { 415, "Refused", "Refused" }, { 422, "Refused", "Refused" }, { 429, "TryLater", "TryLater" }, { 500, "TryLater", "Unclear" },
        { 502, "TryLater", "Unclear" }, { 503, "TryLater", "TryLater" }, { 504, "TryLater", "Unclear" }, { 302, "Unclear", "Unclear" },
        { 304, "Unclear", "Unclear" },
    };

    [Fact]
    public async Task Good_answers_are_read()
    {
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        foreach (var (name, _, ask) in questions.All())
        {
            using var gateway = ScriptedGateway.Says(200, answers[name]);
            Assert.Equal(("Done", name), (await ask(gateway.Client()), name));
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Statuses_decide_and_bodies_do_not(int status, string read, string write)
    {
        using var questions = new Questions();
        foreach (var body in new[] { "", "plain text", """{"error":{"type":"bad_request","message":"no","code":200}}""", """{"error":7}""", "[[[" })
        {
            foreach (var (name, isRead, ask) in questions.All())
            {
                using var gateway = ScriptedGateway.Says(status, body);
                Assert.Equal((isRead ? read : write, name), (await ask(gateway.Client()), name));
            }
        }
    }

    [Fact]
    public async Task The_text_of_a_refusal_is_one_short_line()
    {
        using var gateway = ScriptedGateway.Says(400, "{\"error\":{\"type\":\"bad_request\",\"message\":\"first\\nsecond" + new string('x', 5_000) + "\"}}");
        var refused = Assert.IsType<KeymeldAnswer<GatewayVersion>.Refused>(await gateway.Client().GetVersionAsync(default));
        Assert.False(refused.IsNotFound);
        Assert.StartsWith("status 400: bad_request: first second", refused.Detail, StringComparison.Ordinal);
        Assert.InRange(refused.Detail.Length, 100, 320);
        Assert.DoesNotContain('\n', refused.Describe());
    }

    [Fact]
    public async Task Nonsense_is_unclear_whatever_was_asked()
    {
        string[] bodies = ["", "null", "[]", "7", "\"text\"", "{", "{}", "nonsense", "<html/>", "\u0000", "{\"keygen_session_id\":\"x\"}", new('[', 9_000)];
        using var questions = new Questions();
        foreach (var (name, _, ask) in questions.All().Where(question => question.Name != "approve"))
        {
            foreach (var body in bodies)
            {
                using var gateway = ScriptedGateway.Says(200, body);
                Assert.Equal(("Unclear", name), (await ask(gateway.Client()), name));
            }
        }
    }

    [Fact]
    public async Task Damaged_answers_never_end_in_an_exception()
    {
        const ulong Seed = 0x6b65796d656c64;
        var random = new SplitMix(Seed);
        using var questions = new Questions();
        var answers = GoodAnswers.Of(questions);
        foreach (var (name, _, ask) in questions.All())
        {
            for (var i = 0; i < 60 && answers[name].Length > 0; i++)
            {
                var body = new StringBuilder(answers[name]);
                for (var change = random.Below(3); change >= 0; change--)
                {
                    var at = random.Below(body.Length);
                    _ = random.Below(3) switch
                    {
                        0 => body.Remove(at, 1),
                        1 => body.Insert(at, "\"0-{[,null"[random.Below(7)]),
                        _ => body.Replace(body[at], (char)(32 + random.Below(95)), at, 1),
                    };
                }

                using var gateway = ScriptedGateway.Says(200, body.ToString());
                var result = await ask(gateway.Client());
                Assert.True(result is "Done" or "Unclear", $"seed {Seed}: {name} {body}");
            }
        }
    }

    [Theory]
    [InlineData("enclave", "\"enclave_id\":1", "\"enclave_id\":2")]
    [InlineData("enclave", "\"key_epoch\":3", "\"key_epoch\":0")]
    [InlineData("enclave", "\"public_key\":\"03", "\"public_key\":\"04")]
    [InlineData("enclaves", "\"key_epoch\":3", "\"key_epoch\":-1")]
    [InlineData("enclaves", "\"enclaves\":[", "\"enclaves\":[null,")]
    [InlineData("reserve", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("reserve", "\"expected_participants\":2", "\"expected_participants\":3")]
    [InlineData("reserve", "1761007200", "9223372036854775807")]
    [InlineData("reserve", "\"coordinator_key_epoch\":1", "\"coordinator_key_epoch\":0")]
    [InlineData("initialize", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("initialize", "[2,65,", "[3,65,")]
    [InlineData("initialize", "[2,65,", "[65,")]
    [InlineData("initialize", "[2,65,", "[256,65,")]
    [InlineData("initialize", "[2,65,", "[2.5,65,")]
    [InlineData("slots", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("slots", "[{", "[{\"user_id\":\"019baa05-1835-7713-8b69-a0e92b0e6c7a\",\"enclave_id\":1,\"signer_index\":0,\"claimed\":false},{")]
    [InlineData("register", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("register", "a0e92b0e6c7a", "a0e92b0e6c7b")]
    [InlineData("register", "\"require_signing_approval\":false", "\"require_signing_approval\":true")]
    [InlineData("keygen", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("keygen", "\"completed\"", "\"finished\"")]
    [InlineData("keygen", "\"aggregate_public_key\":\"14", "\"aggregate_public_key\":\"15")]
    [InlineData("keygen", "\"aggregate_public_key\":\"", "\"aggregate_public_key\":null,\"x\":\"")]
    [InlineData("keygen", "bfa6f6cd3c\":\"1b", "bfa6f6cd3c\":\"1c")]
    [InlineData("keygen", "\"status\":", "\"status\":\"completed\",\"status\":")]
    [InlineData("sign", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("sign", "1a2b3c4d5e6f", "1a2b3c4d5e6e")]
    [InlineData("slots", "[{", "[null,{")]
    [InlineData("signing", "[{", "[null,{")]
    [InlineData("signing", "b4ea88020d88", "b4ea88020d89")]
    [InlineData("signing", "1a2b3c4d5e6f", "1a2b3c4d5e6e")]
    [InlineData("signing", "\"completed\"", "\"done\"")]
    [InlineData("signing", "000000000002", "000000000001")]
    public async Task Answers_that_contradict_the_question_are_unclear(string name, string from, string to)
    {
        using var questions = new Questions();
        var answer = GoodAnswers.Of(questions)[name];
        Assert.Contains(from, answer, StringComparison.Ordinal);
        using var gateway = ScriptedGateway.Says(200, answer.Replace(from, to, StringComparison.Ordinal));
        var ask = questions.All().Single(question => question.Name == name).Ask;
        Assert.Equal("Unclear", await ask(gateway.Client()));
    }

    [Fact]
    public async Task An_enclave_listed_twice_is_unclear_and_one_without_key_is_left_out()
    {
        using var questions = new Questions();
        var good = GoodAnswers.Of(questions)["enclaves"];
        var entry = good[(good.IndexOf('[', StringComparison.Ordinal) + 1)..good.IndexOf(']', StringComparison.Ordinal)];
        using var twice = ScriptedGateway.Says(200, good.Replace(entry, $"{entry},{entry}", StringComparison.Ordinal));
        Assert.IsType<KeymeldAnswer<System.Collections.Immutable.ImmutableArray<EnclaveKey>>.Unclear>(await twice.Client().GetEnclavesAsync(default));
        using var down = ScriptedGateway.Says(
            200, good.Replace(entry, $$"""{"enclave_id":0,"healthy":false,"public_key":""},{{entry}}""", StringComparison.Ordinal));
        Assert.True((await down.Client().GetEnclavesAsync(default)).TryGet(out var enclaves));
        Assert.Equal(questions.EnclaveKey, Assert.Single(enclaves));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_without_end_is_not_read(bool isPacked)
    {
        // 64 MiB of spaces: as gzip less than the limit, unpacked more.
        using var gateway = new ScriptedGateway((_, _) =>
        {
            var body = new byte[isPacked ? 64 << 20 : 2 << 20];
            Array.Fill(body, (byte)' ');
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(isPacked ? Pack(body) : body) };
            if (isPacked)
            {
                response.Content.Headers.ContentEncoding.Add("gzip");
            }

            return response;
        });
        var answer = await gateway.Client(change: options => options with { MaximumAnswerBytes = 1 << 20 }).GetVersionAsync(default);
        Assert.Equal("outcome unknown: the answer is longer than the limit", answer.Describe());
        Assert.Single(gateway.Asked);
    }

    [Fact]
    public async Task A_packed_answer_is_read_and_one_that_only_says_so_is_unclear()
    {
        using var questions = new Questions();
        var good = Encoding.UTF8.GetBytes(GoodAnswers.Of(questions)["version"]);
        foreach (var (body, isGood) in new[] { (Pack(good), true), (good, false), (Pack(good)[..20], false) })
        {
            using var gateway = new ScriptedGateway((_, _) =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
                response.Content.Headers.ContentEncoding.Add("gzip");
                return response;
            });
            Assert.Equal(isGood, await gateway.Client().GetVersionAsync(default) is KeymeldAnswer<GatewayVersion>.Done);
        }
    }

    [Fact]
    public async Task A_read_is_tried_again_with_a_new_nonce_and_a_write_is_sent_once()
    {
        using var questions = new Questions();
        foreach (var (name, isRead, ask) in questions.All())
        {
            using var gateway = ScriptedGateway.Says(503, "busy");
            Assert.Equal("TryLater", await ask(gateway.Client()));
            Assert.Equal((isRead ? 3 : 1, name), (gateway.Asked.Count, name));
            Assert.All(gateway.Asked, asked => Assert.Equal(gateway.Asked[0].Line, asked.Line));
            if (name is "slots" or "keygen" or "signing")
            {
                Assert.Equal(3, gateway.Asked.Select(asked => asked.Proof![..32]).Distinct().Count());
            }
        }
    }

    [Fact]
    public async Task A_read_that_works_at_the_second_try_is_done()
    {
        using var questions = new Questions();
        var good = GoodAnswers.Of(questions)["version"];
        using var gateway = new ScriptedGateway((_, attempt) => attempt == 1 ? throw new HttpRequestException("broken") : ScriptedGateway.Text(200, good));
        Assert.IsType<KeymeldAnswer<GatewayVersion>.Done>(await gateway.Client().GetVersionAsync(default));
    }

    [Fact]
    public async Task A_rate_limit_is_not_hammered()
    {
        using var gateway = ScriptedGateway.Says(429, "");
        Assert.IsType<KeymeldAnswer<GatewayVersion>.TryLater>(await gateway.Client().GetVersionAsync(default));
        Assert.Single(gateway.Asked);
    }

    [Fact]
    public async Task No_connection_is_later_and_a_broken_one_unclear()
    {
        using var questions = new Questions();
        using var away = new ScriptedGateway((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError));
        using var broken = new ScriptedGateway((_, _) => throw new HttpRequestException("broken"));
        using var cut = new ScriptedGateway((_, _) => throw new SocketException((int)SocketError.NotConnected));
        foreach (var (_, _, ask) in questions.All())
        {
            Assert.Equal("TryLater", await ask(away.Client()));
            Assert.Equal("Unclear", await ask(broken.Client()));
            Assert.Equal("Unclear", await ask(cut.Client()));
        }
    }

    [Fact]
    public async Task A_gateway_that_never_answers_is_unclear_in_time_and_a_cancelled_caller_hears_so()
    {
        var clock = new ManualTimeProvider();
        using var silent = new SilentHandler();
        using var http = new HttpClient(silent, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        using var questions = new Questions();
        var gateway = new HttpKeymeldGateway(http, ScriptedGateway.Options(null), clock);
        var answer = gateway.ReserveAsync(questions.Plan, questions.Secret, default);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("outcome unknown: no answer in time", (await answer).Describe());
        using var cancel = new CancellationTokenSource();
        var cancelled = gateway.GetVersionAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    private static byte[] Pack(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal))
        {
            gzip.Write(body);
        }

        return buffer.ToArray();
    }

    private sealed class SilentHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new HttpResponseMessage();
        }
    }
}
