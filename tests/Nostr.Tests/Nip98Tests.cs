using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr.Tests;

public sealed class Nip98Tests
{
    private const string Url = "https://coordinator.example/api/v1/entries?page=2";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly SecretKey Key = SecretKey.From(Hashes.Sha256("caller"u8));
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"a\":1}");
    private static readonly string PayloadHex = Hex.Encode(Hashes.Sha256(Body));

    private static Nip98Answer Verify(string? header, string method = "POST", byte[]? body = null, string url = Url,
        DateTimeOffset? now = null)
        => Nip98.Verify(header, Nip98Request.Of(url, method, body ?? []), now ?? Now, Nip98.DefaultWindow);

    private static string Signed(ImmutableArray<ImmutableArray<string>> tags, int kind = Nip98.Kind, string content = "", long? at = null)
        => Nip98Header.Of(NostrEvent.Sign(Key, at ?? Now.ToUnixTimeSeconds(), kind, tags, content));

    private static Nip98Problem? Problem(string? header, string method = "POST", byte[]? body = null, string url = Url)
        => Verify(header, method, body, url).Error?.Problem;

    [Fact]
    public void A_created_header_is_accepted_for_its_request_and_names_the_caller()
    {
        Assert.True(Verify(Nip98Header.Create(Key, Url, "POST", Body, Now), body: Body).TryGet(out var login, out _));
        Assert.Equal(Key.XOnly, login.Key);
        Assert.Equal(Now.ToUnixTimeSeconds(), login.CreatedAt);
        Assert.Null(Problem(Nip98Header.Create(Key, Url, "GET", [], Now), "GET"));
    }

    [Fact]
    public void Two_headers_of_one_second_are_two_events()
        => Assert.NotEqual(
            Verify(Nip98Header.Create(Key, Url, "GET", [], Now), "GET").Login?.EventId,
            Verify(Nip98Header.Create(Key, Url, "GET", [], Now), "GET").Login?.EventId);

    [Fact]
    public void The_published_example_fails_as_published_and_verifies_with_the_tag_name_it_was_signed_with()
    {
        var cases = Vectors.Cases("nip98.json").ToArray();
        Assert.Equal(2, cases.Length);
        foreach (var item in cases)
        {
            var signed = NostrEvent.Parse(Encoding.UTF8.GetBytes(item.GetProperty("event").GetRawText()));
            Assert.Equal(item.GetProperty("computed_event_id_hex").GetString(), Hex.Encode(signed.ComputeId()));
            Assert.Equal(item.GetProperty("id_valid").GetBoolean(), signed.HasValidId());
            Assert.Equal(item.GetProperty("sig_valid_over_stated_id").GetBoolean(), signed.HasValidSignature());
            var request = Nip98Request.Of("https://api.snort.social/api/v1/n5sp/list", "GET", []);
            var answer = Nip98.Verify(
                Nip98Header.Of(signed), request, DateTimeOffset.FromUnixTimeSeconds(signed.CreatedAt), Nip98.DefaultWindow);
            var expected = signed.HasValidId() ? Nip98Problem.InvalidHttpData : Nip98Problem.InvalidSignature;
            Assert.Equal(expected, answer.Error?.Problem);
        }

        var token = cases[0].GetProperty("authorization_token_base64").GetString();
        Assert.Equal(Nip98Problem.InvalidBase64, Problem($"Nostr {token}", "GET"));
    }

    [Theory]
    [InlineData(null, Nip98Problem.NoAuthHeader)]
    [InlineData("", Nip98Problem.NoAuthHeader)]
    [InlineData("Nostr é", Nip98Problem.NoAuthHeader)]
    [InlineData("nostr e30=", Nip98Problem.InvalidAuthFormat)]
    [InlineData("Bearer e30=", Nip98Problem.InvalidAuthFormat)]
    [InlineData("Nostr", Nip98Problem.InvalidAuthFormat)]
    [InlineData("Nostr  e30=", Nip98Problem.InvalidBase64)]
    [InlineData("Nostr e30", Nip98Problem.InvalidBase64)]
    [InlineData("Nostr e31=", Nip98Problem.InvalidBase64)]
    [InlineData("Nostr e3-_", Nip98Problem.InvalidBase64)]
    [InlineData("Nostr ", Nip98Problem.InvalidEventJson)]
    [InlineData("Nostr e30=", Nip98Problem.InvalidEventJson)]
    public void A_malformed_header_is_refused_by_name(string? header, Nip98Problem problem) => Assert.Equal(problem, Problem(header));

    [Fact]
    public void An_oversized_header_is_refused_before_it_is_decoded()
        => Assert.Equal(Nip98Problem.InvalidAuthFormat, Problem("Nostr " + new string('A', Nip98.MaximumHeaderLength)));

    [Fact]
    public void Every_check_fails_by_its_own_name()
    {
        var cases = SignedCases();
        for (var i = 0; i < cases.Length; i++)
        {
            Assert.True(cases[i].Expected == Problem(cases[i].Header, body: cases[i].Body),
                $"case {i}: {Problem(cases[i].Header, body: cases[i].Body)}");
        }
    }

    private static (string Header, byte[]? Body, Nip98Problem? Expected)[] SignedCases()
    {
        ImmutableArray<string> u = ["u", Url];
        ImmutableArray<string> post = ["method", "POST"];
        ImmutableArray<string> payload = ["payload", PayloadHex];
        var at = Now.ToUnixTimeSeconds();
        return
        [
            (Signed([u, post]), null, null),
            (Signed([u, post, payload]), Body, null),
            (Signed([u, post, payload], kind: 1), Body, Nip98Problem.InvalidEventKind),
            (Signed([u, post], at: at - 61), null, Nip98Problem.ExpiredTimestamp),
            (Signed([u, post], at: at + 61), null, Nip98Problem.ExpiredTimestamp),
            (Signed([u, post], at: long.MaxValue), null, Nip98Problem.ExpiredTimestamp),
            (Signed([u, post], at: at - 60), null, null),
            (Signed([u, post], at: at + 60), null, null),
            (Signed([post]), null, Nip98Problem.InvalidHttpData),
            (Signed([u]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, ["method", "post"]]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, ["method", "DELETE"]]), null, Nip98Problem.InvalidHttpData),
            (Signed([["u", "/api/v1/entries"], post]), null, Nip98Problem.InvalidHttpData),
            (Signed([["u"], post]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, u, post]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, post, post]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, post, payload, payload]), Body, Nip98Problem.InvalidHttpData),
            (Signed([u, ["method", "POST", "GET"]]), null, Nip98Problem.InvalidHttpData),
            (Signed([u, post, ["payload", "abcd"]]), Body, Nip98Problem.InvalidHttpData),
            (Signed([u, post]), Body, Nip98Problem.InvalidHttpData),
            (Signed([["u", Url + "0"], post]), null, Nip98Problem.UrlMethodMismatch),
            (Signed([["u", Url.Replace("https", "http", StringComparison.Ordinal)], post]), null, Nip98Problem.UrlMethodMismatch),
            (Signed([u, ["method", "GET"]]), null, Nip98Problem.UrlMethodMismatch),
            (Signed([u, post, ["payload", new string('0', 64)]]), Body, Nip98Problem.PayloadMismatch),
            (Signed([u, post, payload]), null, Nip98Problem.PayloadMismatch),
            (Signed([u, post, payload], content: "x"), Body, Nip98Problem.NonEmptyContent),
        ];
    }

    [Fact]
    public void The_request_itself_must_be_signable()
    {
        var header = Signed([["u", Url], ["method", "GET"]]);
        Assert.Equal(Nip98Problem.InvalidUrl, Problem(header, "GET", url: "not a url"));
        Assert.Equal(Nip98Problem.InvalidMethod, Problem(header, "DELETE"));
        Assert.Equal(
            Nip98Problem.InvalidUrl,
            Nip98.Verify(header, new Nip98Request([], "GET", null), Now, Nip98.DefaultWindow).Error?.Problem);
    }

    [Fact]
    public void A_forged_id_or_signature_is_an_invalid_signature()
    {
        var good = Encoding.UTF8.GetString(Nip98Header.Event(Key, Url, "GET", [], Now).ToJson());
        var idAt = good.IndexOf("\"id\":\"", StringComparison.Ordinal) + 6;
        var sigAt = good.IndexOf("\"sig\":\"", StringComparison.Ordinal) + 7;
        foreach (var at in new[] { idAt, idAt + 63, sigAt, sigAt + 127 })
        {
            var forged = good.ToCharArray();
            forged[at] = forged[at] == 'a' ? 'b' : 'a';
            var header = "Nostr " + Convert.ToBase64String(Encoding.UTF8.GetBytes(forged));
            Assert.Equal(Nip98Problem.InvalidSignature, Problem(header, "GET"));
        }
    }

    [Theory]
    [InlineData("HTTPS://Coordinator.Example/a?b=C", "https://coordinator.example/a?b=C", true)]
    [InlineData("https://coordinator.example:443/a", "https://coordinator.example/a", true)]
    [InlineData("http://coordinator.example:80", "http://coordinator.example/", true)]
    [InlineData("http://127.0.0.1:9990/a", "http://127.0.0.1:9990/a", true)]
    [InlineData("http://[::1]:9990/a", "http://[::1]:9990/a", true)]
    [InlineData("http://coordinator.example?x", "http://coordinator.example/?x", true)]
    [InlineData("https://coordinator.example/a/", "https://coordinator.example/a", false)]
    [InlineData("https://coordinator.example/A", "https://coordinator.example/a", false)]
    [InlineData("https://coordinator.example/a?x=1&y=2", "https://coordinator.example/a?y=2&x=1", false)]
    [InlineData("https://coordinator.example:444/a", "https://coordinator.example/a", false)]
    [InlineData("https://coordinator.example.evil.example/a", "https://coordinator.example/a", false)]
    public void Urls_are_equal_where_parsing_makes_them_so(string signed, string requested, bool equal)
        => Assert.Equal(equal ? null : Nip98Problem.UrlMethodMismatch, Problem(Signed([["u", signed], ["method", "GET"]]), "GET",
            url: requested));

    [Theory]
    [InlineData("https://user@coordinator.example/a")]
    [InlineData("https://coordinator.example/a#b")]
    [InlineData("https://coordinator.example/a b")]
    [InlineData("https://coordinator.example:port/a")]
    [InlineData("https://coordinator.example:999999/a")]
    [InlineData("https:///a")]
    [InlineData("ftp://coordinator.example/a")]
    [InlineData("https://coördinator.example/a")]
    public void A_url_of_another_shape_is_no_absolute_url(string signed)
        => Assert.Equal(Nip98Problem.InvalidHttpData, Problem(Signed([["u", signed], ["method", "GET"]]), "GET",
            url: "https://coordinator.example/a"));

    [Fact]
    public void Any_of_several_configured_origins_is_accepted()
    {
        var header = Nip98Header.Create(Key, "http://127.0.0.1:9990/a", "GET", [], Now);
        var request = new Nip98Request(["https://coordinator.example/a", "http://127.0.0.1:9990/a"], "GET", null);
        Assert.NotNull(Nip98.Verify(header, request, Now, Nip98.DefaultWindow).Login);
    }

    [Fact]
    public void Statuses_and_details_are_those_of_the_contract()
    {
        (Nip98Problem Problem, string Type, int Status, string Detail)[] table =
        [
            (Nip98Problem.NoAuthHeader, "no_auth_header", 401, "No authorization header found"),
            (Nip98Problem.InvalidEventKind, "invalid_event_kind", 401, "Invalid event kind"),
            (Nip98Problem.ExpiredTimestamp, "expired_timestamp", 401, "Event timestamp expired"),
            (Nip98Problem.UrlMethodMismatch, "url_method_mismatch", 401, "URL or method mismatch"),
            (Nip98Problem.InvalidUrl, "invalid_url", 401, "Invalid URL format: x"),
            (Nip98Problem.InvalidMethod, "invalid_method", 401, "Invalid method format: x"),
            (Nip98Problem.InvalidSignature, "invalid_signature", 403, "Invalid signature: x"),
            (Nip98Problem.InvalidAuthFormat, "invalid_auth_format", 400, "Invalid authorization format"),
            (Nip98Problem.InvalidBase64, "invalid_base_64", 400, "Invalid base64 encoding: x"),
            (Nip98Problem.InvalidEventJson, "invalid_event_json", 400, "Invalid event JSON: x"),
            (Nip98Problem.InvalidHttpData, "invalid_http_data", 400, "Invalid HTTP data: x"),
            (Nip98Problem.NonEmptyContent, "non_empty_content", 400, "Event content must be empty"),
            (Nip98Problem.PayloadMismatch, "payload_mismatch", 401, "Payload does not match the body"),
            (Nip98Problem.Replayed, "replayed", 401, "Event was used before"),
            (Nip98Problem.Busy, "busy", 503, "Too many requests"),
        ];
        Assert.Equal(Enum.GetValues<Nip98Problem>().Order(), table.Select(row => row.Problem).Order());
        foreach (var row in table)
        {
            var error = Nip98Error.Of(row.Problem, "x");
            Assert.Equal((row.Type, row.Status, row.Detail), (error.Type, error.Status, error.Detail));
        }
    }

    [Fact]
    public void Hostile_headers_are_refused_by_name()
    {
        const ulong Seed = 98;
        var random = new Splitmix64(Seed);
        var good = Encoding.ASCII.GetBytes(Nip98Header.Create(Key, Url, "POST", Body, Now));
        for (var i = 0; i < 3_000; i++)
        {
            var header = Encoding.Latin1.GetString(i % 2 == 0 ? random.Mutate(good) : random.Bytes(random.Below(300)));
            var answer = Verify(header, body: Body);
            Assert.True(answer.Error is not null || header == Encoding.ASCII.GetString(good), $"seed {Seed}, round {i}");
        }

        var json = Nip98Header.Event(Key, Url, "POST", Body, Now).ToJson();
        for (var i = 0; i < 2_000; i++)
        {
            var answer = Verify("Nostr " + Convert.ToBase64String(random.Mutate(json)), body: Body);
            Assert.True((answer.Login is null) != (answer.Error is null), $"seed {Seed}, event round {i}");
        }
    }
}
