using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>Bytes that are not what they should be: a named error, no grain call, no hang.</summary>
public sealed class HostileBodyTests
{
    private const int Small = 256 * 1_024;
    private const int Large = 16 * 1_024 * 1_024;
    private static readonly string[] SmallPaths = [Samples.CompetitionPath + "/ticket", "/api/v1/entries", Samples.EntryPath + "/payout"];
    private static readonly string[] LargePaths = [Samples.EntryPath + "/public_nonces", Samples.EntryPath + "/final_signatures"];

    public static TheoryData<string, byte[]> NotJson => new()
    {
        { "truncated", "{\"btc_pubkey\":\"02"u8.ToArray() },
        { "open", "{"u8.ToArray() },
        { "blank", " "u8.ToArray() },
        { "two values", "{} {}"u8.ToArray() },
        { "comment", "{/* */}"u8.ToArray() },
        { "trailing comma", "{\"a\":1,}"u8.ToArray() },
        { "not utf-8", [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d] },
        { "utf-16", Encoding.Unicode.GetBytes("{}") },
        { "byte order mark", [0xef, 0xbb, 0xbf, 0x7b, 0x7d] },
        { "deep arrays", Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100_000)) },
        { "deep objects", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 20_000))) },
        { "deep and whole", Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 40) + new string(']', 40) + "}") },
        { "control character", "{\"a\":\"\u0001\"}"u8.ToArray() },
        { "number", "{\"a\":01}"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(NotJson))]
    public async Task What_is_no_json_is_called_so_by_every_route_with_a_body(string what, byte[] body)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var path in SmallPaths.Concat(LargePaths))
        {
            var answer = await world.SendAsync(world.Signed("POST", path, body));
            Assert.True(answer.Status == 400, $"{what} at {path}: {answer.Status} {answer.Body}");
            answer.AssertProblem(400, "invalid_json");
        }

        foreach (var path in new[] { "/api/v1/competitions", Samples.CompetitionPath + "/cancel", "/api/v1/wallet/send" })
        {
            var request = world.Operator("POST", path, "{}");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            (await world.SendAsync(request)).AssertProblem(400, "invalid_json");
        }

        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("""{"btc_pubkey":"\ud800"}""")]
    [InlineData("""{"btc_pubkey":"\udc00\ud800"}""")]
    [InlineData("""{"\ud800":1,"btc_pubkey":7}""")]
    [InlineData("""{"btc_pubkey":"a","btc_pubkey":"b"}""")]
    [InlineData("""{"btc_pubkey":"a","btc\u005fpubkey":"b"}""")]
    public async Task Lone_surrogates_and_members_given_twice_end_in_a_named_error(string body)
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(world.Signed("POST", SmallPaths[0], body));
        Assert.True(answer.Status is 400 or 422, answer.Body);
        answer.AssertProblem(answer.Status, answer.Status == 400 ? "invalid_json" : "invalid_body");
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_body_over_its_limit_is_413_whether_its_length_is_declared_or_not()
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var (path, limit) in SmallPaths.Select(path => (path, Small)).Concat(LargePaths.Select(path => (path, Large))))
        {
            var body = Padded("{}", limit + 1);
            (await world.SendAsync(world.Signed("POST", path, body))).AssertProblem(413, "body_too_large");
            var chunked = world.Signed("POST", path, body);
            chunked.Headers.TransferEncodingChunked = true;
            (await world.SendAsync(chunked)).AssertProblem(413, "body_too_large");
        }

        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_body_of_exactly_its_limit_is_taken()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal(200, (await world.SendAsync(world.Signed("POST", SmallPaths[0], Padded(Samples.TicketBody, Small)))).Status);
        Assert.Equal(200, (await world.SendAsync(world.Signed("POST", LargePaths[0], Padded(Samples.NoncesBody, Large)))).Status);
    }

    [Fact]
    public async Task Nonces_and_signatures_may_be_packed_and_the_payload_is_of_the_packed_bytes()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal(200, (await world.SendAsync(Packed(world, LargePaths[0], Encoding.UTF8.GetBytes(Samples.NoncesBody)))).Status);
        Assert.Equal(200, (await world.SendAsync(Packed(world, LargePaths[1], Encoding.UTF8.GetBytes(Samples.SignaturesBody)))).Status);
        var sent = (NoncesRequest)world.Grains.Calls.First().Arguments[0]!;
        Assert.Equal(Samples.NoncesBody, Encoding.UTF8.GetString(sent.Body.AsSpan()));
    }

    [Fact]
    public async Task A_gzip_bomb_is_413_and_a_broken_one_400()
    {
        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(Packed(world, LargePaths[0], Padded("{}", Large + 1)))).AssertProblem(413, "body_too_large");
        (await world.SendAsync(Packed(world, LargePaths[0], Padded("{}", 8 * Large)))).AssertProblem(413, "body_too_large");
        var broken = world.Signed("POST", LargePaths[0], "{}");
        broken.Content!.Headers.ContentEncoding.Add("gzip");
        (await world.SendAsync(broken)).AssertProblem(400, "invalid_gzip");
        var packed = Gzip(Encoding.UTF8.GetBytes(Samples.NoncesBody));
        var cut = world.Signed("POST", LargePaths[0], packed[..^20]);
        cut.Content!.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(400, (await world.SendAsync(cut)).Status);
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("gzip", 0)]
    [InlineData("br", 0)]
    [InlineData("br", 1)]
    [InlineData("gzip, gzip", 1)]
    public async Task Other_encodings_are_415(string encoding, int large)
    {
        await using var world = await GatewayWorld.StartAsync();
        var request = world.Signed("POST", large == 1 ? LargePaths[0] : SmallPaths[0], "{}");
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        (await world.SendAsync(request)).AssertProblem(415, "unsupported_encoding");
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("application/json; charset=UTF-8", 200)]
    [InlineData("Application/JSON", 200)]
    public async Task Bodies_are_json_in_utf_8_and_say_so(string type, int status)
    {
        await using var world = await GatewayWorld.StartAsync();
        var request = world.Signed("POST", SmallPaths[0], Samples.TicketBody);
        request.Content!.Headers.ContentType = null;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await world.SendAsync(request);
        Assert.Equal(status, answer.Status);
        if (status == 415)
        {
            answer.AssertProblem(415, "unsupported_media_type");
        }
    }

    [Fact]
    public async Task Mutated_bodies_never_end_in_a_500()
    {
        await using var world = await GatewayWorld.StartAsync();
        const ulong Seed = 7;
        var state = Seed;
        string[] bodies = [Samples.TicketBody, Samples.EntryBody, Samples.PayoutBody, Samples.NoncesBody, Samples.SignaturesBody];
        string[] paths = [.. SmallPaths, .. LargePaths];
        for (var round = 0; round < 300; round++)
        {
            var body = Encoding.UTF8.GetBytes(bodies[round % bodies.Length]);
            for (var change = 0; change <= round % 3; change++)
            {
                body[(int)(Next(ref state) % (ulong)body.Length)] = (byte)(Next(ref state) & 0xff);
            }

            var answer = await world.SendAsync(world.Signed("POST", paths[round % paths.Length], body));
            Assert.True(answer.Status is 200 or 400 or 422, $"seed {Seed}, round {round}: {answer.Status} {answer.Body}");
        }
    }

    private static ulong Next(ref ulong state) => unchecked(Mix(state += 0x9e3779b97f4a7c15));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    private static byte[] Padded(string json, int length)
    {
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        Encoding.UTF8.GetBytes(json).CopyTo(body, 0);
        return body;
    }

    private static byte[] Gzip(byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return bytes.ToArray();
    }

    private static HttpRequestMessage Packed(GatewayWorld world, string path, byte[] body)
    {
        var request = world.Signed("POST", path, Gzip(body));
        request.Content!.Headers.ContentEncoding.Add("gzip");
        return request;
    }
}
