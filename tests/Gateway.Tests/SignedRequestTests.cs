using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests;

/// <summary>NIP-98 at the door: each refusal, and that a refused request reaches no grain.</summary>
public sealed class SignedRequestTests
{
    private static readonly string Path = Samples.CompetitionPath + "/ticket";

    public static TheoryData<string, int, string> Refusals => new()
    {
        { "none", 401, "no_auth_header" },
        { "joined", 400, "invalid_base_64" },
        { "scheme", 400, "invalid_auth_format" },
        { "lower_scheme", 400, "invalid_auth_format" },
        { "too_long", 400, "invalid_auth_format" },
        { "base64", 400, "invalid_base_64" },
        { "json", 400, "invalid_event_json" },
        { "kind", 401, "invalid_event_kind" },
        { "old", 401, "expired_timestamp" },
        { "early", 401, "expired_timestamp" },
        { "no_url", 400, "invalid_http_data" },
        { "no_payload", 400, "invalid_http_data" },
        { "url", 401, "url_method_mismatch" },
        { "host", 401, "url_method_mismatch" },
        { "query", 401, "url_method_mismatch" },
        { "method", 401, "url_method_mismatch" },
        { "payload", 401, "payload_mismatch" },
        { "content", 400, "non_empty_content" },
        { "signature", 403, "invalid_signature" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_badly_signed_request_is_refused_and_reaches_no_grain(string how, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        var request = world.Unsigned("POST", Path, Encoding.UTF8.GetBytes(Samples.TicketBody));
        foreach (var header in Headers(how, world))
        {
            GatewayWorld.Authorize(request, header);
        }

        var answer = await world.SendAsync(request);
        var error = answer.AssertProblem(status, code).GetProperty("error");
        Assert.Equal(code, error.GetProperty("type").GetString());
        Assert.Equal(status == 401, answer.Headers.ContainsKey("WWW-Authenticate"));
        Assert.Empty(world.Grains.Calls);
        Assert.Empty(world.Grains.Taken);
    }

    [Fact]
    public async Task A_request_is_believed_sixty_seconds_either_way()
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var seconds in new[] { -60, 60 })
        {
            var request = world.Unsigned("POST", Path, Encoding.UTF8.GetBytes(Samples.TicketBody));
            GatewayWorld.Authorize(request, Header(world, world.Time.GetUtcNow().AddSeconds(seconds)));
            Assert.Equal(200, (await world.SendAsync(request)).Status);
        }
    }

    [Theory]
    [InlineData("""{"btc_pubkey":"00"}""", 400)]
    [InlineData(null, 200)]
    public async Task An_event_is_used_up_by_its_first_request_whatever_became_of_it(string? body, int first)
    {
        await using var world = await GatewayWorld.StartAsync();
        var bytes = Encoding.UTF8.GetBytes(body ?? Samples.TicketBody);
        var url = new Uri(world.Addresses.Public, Path).AbsoluteUri;
        var header = Nip98Header.Create(GatewayWorld.Alice, url, "POST", bytes, world.Time.GetUtcNow());
        foreach (var status in new[] { first, 401, 401 })
        {
            var request = world.Unsigned("POST", Path, bytes);
            GatewayWorld.Authorize(request, header);
            var answer = await world.SendAsync(request);
            Assert.Equal(status, answer.Status);
            if (status == 401)
            {
                answer.AssertProblem(401, "replayed");
            }
        }

        Assert.Equal(first == 200 ? 1 : 0, world.Grains.Calls.Count);
        var (shard, id) = world.Grains.Taken.First();
        Assert.Equal(Convert.ToInt64(id[..1], 16), shard);
    }

    [Theory]
    [InlineData(ReplayVerdict.TooOld, 401, "expired_timestamp")]
    [InlineData(ReplayVerdict.Full, 503, "busy")]
    public async Task What_the_replay_guard_cannot_take_is_refused(ReplayVerdict verdict, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Verdict = verdict;
        var answer = await world.SendAsync(world.Signed("POST", Path, Samples.TicketBody));
        answer.AssertProblem(status, code);
        Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After"));
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task Without_origins_the_loopback_address_and_its_name_count()
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Encoding.UTF8.GetBytes(Samples.TicketBody);
        foreach (var (host, status) in new[] { ("127.0.0.1", 200), ("localhost", 200), ("127.0.0.2", 401) })
        {
            var request = world.Unsigned("POST", Path, body);
            var url = $"http://{host}:{world.Addresses.Public.Port}{Path}";
            GatewayWorld.Authorize(request, Nip98Header.Create(GatewayWorld.Alice, url, "POST", body, world.Time.GetUtcNow()));
            Assert.Equal((host, status), (host, (await world.SendAsync(request)).Status));
        }
    }

    [Fact]
    public async Task Only_configured_origins_count_where_there_are_some()
    {
        await using var world = await GatewayWorld.StartAsync(options =>
        {
            options.Origins.Add("https://play.example");
            options.Origins.Add("http://other.example:8080");
        });
        var body = Encoding.UTF8.GetBytes(Samples.TicketBody);
        foreach (var (origin, status) in new[]
        {
            ("https://play.example", 200), ("HTTPS://PLAY.EXAMPLE:443", 200), ("http://other.example:8080", 200),
            ("http://play.example", 401), ("https://other.example:8080", 401),
            (world.Addresses.Public.GetLeftPart(UriPartial.Authority), 401),
        })
        {
            var request = world.Unsigned("POST", Path, body);
            request.Headers.Host = "evil.example";
            request.Headers.Add("X-Forwarded-Proto", "https");
            GatewayWorld.Authorize(request, Nip98Header.Create(GatewayWorld.Alice, origin + Path, "POST", body, world.Time.GetUtcNow()));
            Assert.Equal((origin, status), (origin, (await world.SendAsync(request)).Status));
        }
    }

    private static string[] Headers(string how, GatewayWorld world)
    {
        var now = world.Time.GetUtcNow();
        var good = Event(world, now);
        return how switch
        {
            "none" => [],
            "joined" => [Nip98Header.Of(good), Nip98Header.Of(good)],
            "scheme" => [$"Bearer {GatewayWorld.Token}"],
            "lower_scheme" => ["nostr" + Nip98Header.Of(good)[5..]],
            "too_long" => ["Nostr " + new string('A', 9_000)],
            "base64" => ["Nostr ***"],
            "json" => ["Nostr e30="],
            "kind" => [Nip98Header.Of(NostrEvent.Sign(GatewayWorld.Alice, now.ToUnixTimeSeconds(), 1, good.Tags, ""))],
            "old" => [Header(world, now.AddSeconds(-61))],
            "early" => [Header(world, now.AddSeconds(61))],
            "no_url" => [Signed(now, [.. good.Tags.Where(tag => tag[0] != "u")])],
            "no_payload" => [Signed(now, [.. good.Tags.Where(tag => tag[0] != "payload")])],
            "url" => [Signed(now, With(good, "u", world.Addresses.Public + "api/v1/entries"))],
            "host" => [Signed(now, With(good, "u", "http://evil.example" + Path))],
            "query" => [Signed(now, With(good, "u", new Uri(world.Addresses.Public, Path + "?a=b").AbsoluteUri))],
            "method" => [Signed(now, With(good, "method", "GET"))],
            "payload" => [Signed(now, With(good, "payload", new string('0', 64)))],
            "content" => [Nip98Header.Of(NostrEvent.Sign(GatewayWorld.Alice, now.ToUnixTimeSeconds(), Nip98.Kind, good.Tags, "x"))],
            "signature" => [Forged(good)],
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, "no such header"),
        };
    }

    private static NostrEvent Event(GatewayWorld world, DateTimeOffset at)
        => Nip98Header.Event(
            GatewayWorld.Alice, new Uri(world.Addresses.Public, Path).AbsoluteUri, "POST", Encoding.UTF8.GetBytes(Samples.TicketBody), at);

    private static string Header(GatewayWorld world, DateTimeOffset at) => Nip98Header.Of(Event(world, at));

    private static string Signed(DateTimeOffset at, ImmutableArray<ImmutableArray<string>> tags)
        => Nip98Header.Of(NostrEvent.Sign(GatewayWorld.Alice, at.ToUnixTimeSeconds(), Nip98.Kind, tags, ""));

    private static ImmutableArray<ImmutableArray<string>> With(NostrEvent good, string name, string value)
        => [.. good.Tags.Select(tag => tag[0] == name ? [name, value] : tag)];

    private static string Forged(NostrEvent good)
    {
        using var mallory = SecretKey.From(Hex.Decode(new string('2', 64)));
        var other = NostrEvent.Sign(mallory, good.CreatedAt, good.Kind, good.Tags, "");
        var json = Encoding.UTF8.GetString(good.ToJson()).Replace(good.Signature, other.Signature, StringComparison.Ordinal);
        return "Nostr " + Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
    }
}
