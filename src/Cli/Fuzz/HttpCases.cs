using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Cli.Wire;
using Coordinator.Nostr;

namespace Coordinator.Cli.Fuzz;

/// <summary>One request, and whether the connection may be used again after it.</summary>
internal readonly record struct HttpCase(string Kind, byte[] Bytes, bool IsLast);

/// <summary>What strangers may send: to the header parser, the event parser, the bodies and the query strings, and to the server below them.</summary>
/// <param name="server">The public listener.</param>
/// <param name="competitions">Some that exist.</param>
/// <param name="clock">For signatures.</param>
internal sealed class HttpCases(Uri server, IReadOnlyList<Guid> competitions, TimeProvider clock)
{
    private static readonly ImmutableArray<SecretKey> Players =
        [.. Enumerable.Range(0, 16).Select(number => SecretKey.From(Hashes.Sha256([(byte)number, .. "fuzz player"u8])))];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "get", "G", "CONNECT"];

    public HttpCase Of(FuzzRandom random) => random.Below(100) switch
    {
        < 20 => Query(random),
        < 40 => Header(random),
        < 60 => Event(random),
        < 72 => SignedBody(random),
        < 78 => OddEvent(random),
        < 86 => OpenBody(random),
        _ => Raw(random),
    };

    /// <summary>A query string that is random or nearly right.</summary>
    private HttpCase Query(FuzzRandom random)
    {
        var good = random.Pick(
        [
            "/api/v1/competitions?limit=50", "/api/v1/competitions?limit=7&cursor=08de48db7a3a4000019b7a0000007000800000000000001a",
            "/api/v1/competitions?state=created,failed", $"/api/v1/competitions?ids={Id(random)},{Id(random)}&limit=3",
            $"/api/v1/competitions/{Id(random)}", "/api/v1/health_check?x=1", "/api/v1/competitions",
        ]);
        var start = good.IndexOf('?', StringComparison.Ordinal) is var mark && mark < 0 ? good.Length : mark;
        var target = good[..start] + Escape(Mutation.Of(random, good[start..]));
        return new("query", Request(random, "GET", target, random.OneIn(4) ? $"If-None-Match: {Line(Mutation.Of(random, "W/\"00ff\", \"x\""))}\r\n" : null), false);
    }

    /// <summary>An Authorization header that is random or nearly right.</summary>
    private HttpCase Header(FuzzRandom random)
    {
        var (method, target, body) = Call(random);
        var good = Sign(random, method, target, body);
        var header = random.Below(4) switch
        {
            0 => random.Plain(random.Below(300)),
            1 => "Nostr " + Convert.ToBase64String(random.Bytes(random.Below(400))),
            2 => "Nostr " + random.Plain(random.Below(9_000)),
            _ => Line(Mutation.Of(random, good)),
        };
        return new("header", Request(random, method, target, $"Authorization: {header}\r\n", body), false);
    }

    /// <summary>A broken event in a sound header.</summary>
    private HttpCase Event(FuzzRandom random)
    {
        var (method, target, body) = Call(random);
        var good = Convert.FromBase64String(Sign(random, method, target, body)[6..]);
        var header = "Nostr " + Convert.ToBase64String(Mutation.Of(random, good));
        return new("event", Request(random, method, target, $"Authorization: {(header.Length < 12_000 ? header : header[..12_000])}\r\n", body), false);
    }

    /// <summary>A broken body under a sound signature.</summary>
    private HttpCase SignedBody(FuzzRandom random)
    {
        var (method, target, body) = Call(random);
        var broken = body is null ? null : Mutation.Of(random, body);
        var packed = broken is not null && random.OneIn(10) ? "Content-Encoding: gzip\r\n" : null;
        return new("body", Request(random, method, target, $"Authorization: {Sign(random, method, target, broken)}\r\n{packed}", broken), false);
    }

    /// <summary>A sound signature under an event that says something else.</summary>
    private HttpCase OddEvent(FuzzRandom random)
    {
        var (method, target, body) = Call(random);
        var url = random.OneIn(2) ? new Uri(server, "/").ToString() + Mutation.Of(random, target) : random.Plain(random.Below(200));
        ImmutableArray<ImmutableArray<string>> tags =
            [["u", url], ["method", random.Pick(Methods)], ["payload", random.Hex(random.Below(130))], [random.Plain(random.Below(9)), random.Plain(5)]];
        var time = random.Pick([0L, -1L, clock.GetUtcNow().ToUnixTimeSeconds(), long.MaxValue, 253_402_300_800]);
        var signed = NostrEvent.Sign(
            random.Pick(Players), Math.Max(0, time), random.OneIn(2) ? Nip98.Kind : random.Below(65_536), tags, random.OneIn(3) ? "x" : string.Empty);
        return new("odd event", Request(random, method, target, $"Authorization: {Nip98Header.Of(signed)}\r\n", body), false);
    }

    /// <summary>A broken body where nobody signs.</summary>
    private HttpCase OpenBody(FuzzRandom random)
    {
        var target = "/api/v1/users/username/" + random.Pick(["login", "forgot-password", "reset-password"]);
        var good = $$"""
            {"username":"user{{random.Below(9)}}","password":"Passw0rd!x{{random.Below(9)}}","challenge":"{{random.Hex(64)}}","signed_event":"{}",
            "new_password":"Passw0rd!y","new_encrypted_nsec":"sealed"}
            """;
        var body = Mutation.Of(random, Encoding.UTF8.GetBytes(good));
        return new("open body", Request(random, "POST", target, null, body), false);
    }

    /// <summary>Bytes that need not be a request at all; the sender then says no more.</summary>
    private HttpCase Raw(FuzzRandom random)
    {
        if (random.OneIn(6))
        {
            return new("bytes", random.Bytes(1 + random.Below(600)), true);
        }

        var (method, target, body) = Call(random);
        var good = WireClient.Request(random.Pick(Methods), target, server.Authority, $"Authorization: {Sign(random, method, target, body)}\r\n", body);
        return new("raw", Mutation.Of(random, good), true);
    }

    /// <summary>A request that is whole: its head is well formed, and its body as long as it says.</summary>
    private byte[] Request(FuzzRandom random, string method, string target, string? headers, byte[]? body = null)
    {
        var more = random.Below(8) switch
        {
            0 => $"X-{random.Hex(4)}: {random.Plain(random.Below(200))}\r\n",
            1 => "Accept-Encoding: " + random.Pick(["gzip", "br", "gzip;q=0,br", ";;;", "*"]) + "\r\n",
            2 => $"Origin: {random.Plain(random.Below(60))}\r\n",
            3 => $"X-Forwarded-For: {random.Plain(random.Below(60))}\r\n",
            _ => null,
        };
        return WireClient.Request(method, target, server.Authority, headers + more, body);
    }

    /// <summary>A sound call of some route.</summary>
    private (string Method, string Target, byte[]? Body) Call(FuzzRandom random)
    {
        var (one, entry) = ($"/api/v1/competitions/{Competition(random)}", Id(random));
        var (method, target, body) = random.Below(11) switch
        {
            0 => ("POST", one + "/ticket", $$"""{"btc_pubkey":"{{Point(random)}}"}"""),
            1 => ("GET", $"{one}/tickets/{entry}/status", null),
            2 => ("POST", "/api/v1/entries", EntryBody(random, entry)),
            3 => ("GET", $"/api/v1/entries?event_ids={entry}", null),
            4 => ("GET", one + "/contract", null),
            5 => ("GET", one + "/aggregate_nonces", null),
            6 => ("POST", $"{one}/entries/{entry}/public_nonces?round={random.Hex(8)}", """{"by_outcome":{"att0":"aa"},"by_win_condition":{"att0:p0":"bb"}}"""),
            7 => ("POST", $"{one}/entries/{entry}/final_signatures",
                """{"funding_psbt_base64":"cHNi","partial_signatures":{"by_outcome":{"att0":"aa"},"by_win_condition":{}}}"""),
            8 => ("POST", $"{one}/entries/{entry}/payout",
                $$"""{"ticket_id":"{{entry}}","ln_invoice":"lnbcrt1{{random.Hex(40)}}","ephemeral_private_key":"{{random.Hex(64)}}"}"""),
            9 => ("POST", "/api/v1/users/register", """{"encrypted_bitcoin_private_key":"sealed","network":"regtest"}"""),
            _ => ("POST", "/api/v1/users/login", (string?)null),
        };
        return (method, target, body is null ? null : Encoding.UTF8.GetBytes(body));
    }

    private string EntryBody(FuzzRandom random, string entry) => $$"""
        {"id":"{{entry}}","ticket_id":"{{Id(random)}}","ephemeral_pubkey":"{{Point(random)}}","ephemeral_privatekey_encrypted":"k",
        "payout_hash":"{{random.Hex(64)}}","payout_preimage_encrypted":"p","event_id":"{{Competition(random)}}",
        "expected_observations":[{"stations":"KDEN","wind_speed":"Over","temp_low":null}]}
        """;

    private string Sign(FuzzRandom random, string method, string target, byte[]? body)
    {
        // As new Uri(server, target) would say it, without what that makes of an odd target.
        var url = server.GetLeftPart(UriPartial.Authority) + target;
        return Nip98Header.Create(random.Pick(Players), url, method, body, clock.GetUtcNow());
    }

    private string Competition(FuzzRandom random) => random.OneIn(4) ? Id(random) : random.Pick(competitions).ToString();

    private static string Id(FuzzRandom random)
        => string.Create(CultureInfo.InvariantCulture, $"019b7a00-0000-7000-8000-{random.Below(1_000_000):d12}");

    private static string Point(FuzzRandom random) => random.Pick(Players).PublicKey.ToHex();

    /// <summary>Without what would end a header's line.</summary>
    private static string Line(string text) => text.Replace('\r', '_').Replace('\n', '_').Replace('\0', '_');

    /// <summary>Without what would end a request's target.</summary>
    private static string Escape(string text)
    {
        var target = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            target.Append(character is > ' ' and < '\u007f' ? character.ToString() : $"%{(int)character:x2}");
        }

        return target.Length <= 6_000 ? target.ToString() : target.ToString(0, 6_000);
    }
}
