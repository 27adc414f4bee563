using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Gateway.Tests.World;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>Each kind of http-api §2.3 on each row that needs a signature, and the operator's token on each row that needs that.</summary>
public sealed class AuthenticationTests
{
    private static readonly (string How, int Status, string Code)[] Kinds =
    [
        ("none", 401, "no_auth_header"),
        ("scheme", 400, "invalid_auth_format"),
        ("base64", 400, "invalid_base_64"),
        ("json", 400, "invalid_event_json"),
        ("kind", 401, "invalid_event_kind"),
        ("old", 401, "expired_timestamp"),
        ("tags", 400, "invalid_http_data"),
        ("url", 401, "url_method_mismatch"),
        ("method", 401, "url_method_mismatch"),
        ("content", 400, "non_empty_content"),
        ("signature", 403, "invalid_signature"),
        ("payload", 401, "payload_mismatch"),
        ("replay", 401, "replayed"),
    ];

    [Theory]
    [MemberData(nameof(Rows.SignedNumbers), MemberType = typeof(Rows))]
    public async Task A_signed_row_refuses_every_kind_of_bad_signature_before_anything_happens(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        foreach (var (how, status, code) in Kinds.Where(kind => row.Body is not null || kind.How != "payload"))
        {
            var header = Header(world, row, how);
            if (how == "replay")
            {
                Assert.Equal(row.Status, (await SendAsync(world, row, header)).Status);
                world.Grains.Calls.Clear();
            }

            var answer = await SendAsync(world, row, header);
            var error = answer.AssertProblem(status, code).GetProperty("error");
            Assert.True(code == error.GetProperty("type").GetString(), $"{row} {how}: {answer.Body}");
            Assert.True(world.Grains.Calls.IsEmpty, $"{row} {how} reached a grain");
        }
    }

    [Theory]
    [MemberData(nameof(Rows.TokenNumbers), MemberType = typeof(Rows))]
    public async Task An_operators_row_is_unknown_to_players_and_needs_the_token(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        var body = row.Body is null ? null : Encoding.UTF8.GetBytes(row.Body);
        var elsewhere = await world.SendAsync(world.Signed(row.Method, row.Path, body));
        Assert.True(elsewhere.Status is 404 or 405, $"{row}: {elsewhere.Status}");
        (await world.SendAsync(world.Operator(row.Method, row.Path, row.Body, token: null))).AssertProblem(401, "operator_token_missing");
        (await world.SendAsync(world.Operator(row.Method, row.Path, row.Body, token: "wrong"))).AssertProblem(401, "operator_token_wrong");
        Assert.Empty(world.Grains.Calls);
    }

    private static Task<Received> SendAsync(GatewayWorld world, Row row, string? header)
    {
        var request = world.Unsigned(row.Method, row.Path, row.Body is null ? null : Encoding.UTF8.GetBytes(row.Body));
        if (header is not null)
        {
            GatewayWorld.Authorize(request, header);
        }

        return world.SendAsync(request);
    }

    private static string? Header(GatewayWorld world, Row row, string how)
    {
        var url = new Uri(world.Addresses.Public, row.Path).AbsoluteUri;
        var body = Encoding.UTF8.GetBytes(row.Body ?? string.Empty);
        var now = world.Time.GetUtcNow();
        return how switch
        {
            "none" => null,
            "scheme" => "Bearer " + new string('x', 40),
            "base64" => "Nostr !!!!",
            "json" => "Nostr " + Convert.ToBase64String("[]"u8),
            "kind" => Of(row, url, body, now, kind: 1),
            "old" => Nip98Header.Create(GatewayWorld.Alice, url, row.Method, body, now.AddSeconds(-61)),
            "tags" => Nip98Header.Of(NostrEvent.Sign(GatewayWorld.Alice, now.ToUnixTimeSeconds(), Nip98.Kind, [["method", row.Method]], "")),
            "url" => Nip98Header.Create(GatewayWorld.Alice, url + "?x=1", row.Method, body, now),
            "method" => Nip98Header.Create(GatewayWorld.Alice, url, "PUT", body, now),
            "content" => Of(row, url, body, now, content: "x"),
            "signature" => Forged(Nip98Header.Event(GatewayWorld.Alice, url, row.Method, body, now)),
            "payload" => Nip98Header.Create(GatewayWorld.Alice, url, row.Method, [.. body, (byte)' '], now),
            "replay" => Nip98Header.Create(GatewayWorld.Alice, url, row.Method, body, now),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
    }

    private static string Of(Row row, string url, byte[] body, DateTimeOffset now, int kind = Nip98.Kind, string content = "")
    {
        ImmutableArray<ImmutableArray<string>> tags = [["u", url], ["method", row.Method]];
        return Nip98Header.Of(NostrEvent.Sign(
            GatewayWorld.Alice, now.ToUnixTimeSeconds(), kind, body.Length == 0 ? tags : tags.Add(["payload", Hex.Encode(Hashes.Sha256(body))]), content));
    }

    private static string Forged(NostrEvent signed)
    {
        var json = Encoding.UTF8.GetString(signed.ToJson()).Replace(signed.Signature, new string('0', 128), StringComparison.Ordinal);
        return "Nostr " + Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
    }
}
