using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>Lists of competitions: the old API's array without a query, pages with one.</summary>
public sealed class ListTests
{
    private const string Path = "/api/v1/competitions";

    [Fact]
    public async Task Without_a_query_the_list_is_the_array_of_all_in_order_of_creation()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(120).Reverse());
        var answer = await world.SendAsync(world.Unsigned("GET", Path));
        Assert.Equal(Enumerable.Range(0, 120).Select(Id), Ids(answer));
        Assert.DoesNotContain("X-Next-Cursor", answer.Headers.Keys);
        Assert.Equal(Ids(answer), Ids(await world.SendAsync(world.Unsigned("GET", Path + "?unknown=1"))));
    }

    [Theory]
    [InlineData("limit=50", 50)]
    [InlineData("limit=7", 7)]
    [InlineData("state=created", 50)]
    public async Task Pages_follow_each_other_until_everything_was_told_once(string query, int size)
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(120));
        var (seen, next) = (new List<Guid>(), (string?)null);
        for (var page = 0; page < 100; page++)
        {
            var answer = await world.SendAsync(world.Unsigned("GET", $"{Path}?{query}" + (next is null ? "" : $"&cursor={next}")));
            var ids = Ids(answer);
            seen.AddRange(ids);
            if (!answer.Headers.TryGetValue("X-Next-Cursor", out next))
            {
                break;
            }

            Assert.Equal(size, ids.Length);
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(Id), seen);
    }

    [Fact]
    public async Task A_page_that_is_exactly_full_and_the_last_names_no_next()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(10));
        Assert.DoesNotContain("X-Next-Cursor", (await world.SendAsync(world.Unsigned("GET", Path + "?limit=10"))).Headers.Keys);
    }

    [Fact]
    public async Task What_is_created_while_someone_pages_comes_last_and_nothing_twice()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(10));
        var first = await world.SendAsync(world.Unsigned("GET", Path + "?limit=6"));
        Serve(world, Many(12), epoch: 2);
        var second = await world.SendAsync(world.Unsigned("GET", Path + "?limit=6&cursor=" + first.Headers["X-Next-Cursor"]));
        Assert.Equal(Enumerable.Range(0, 12).Select(Id), Ids(first).Concat(Ids(second)));
    }

    [Fact]
    public async Task States_and_ids_filter()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(9).Select((view, index) => view with { State = index % 3 == 0 ? "completed" : index % 3 == 1 ? "failed" : "created" }));
        Assert.Equal([Id(0), Id(3), Id(6)], Ids(await world.SendAsync(world.Unsigned("GET", Path + "?state=completed"))));
        Assert.Equal(
            [Id(0), Id(1), Id(3), Id(4), Id(6), Id(7)], Ids(await world.SendAsync(world.Unsigned("GET", Path + "?state=failed,completed"))));
        Assert.Equal([Id(2), Id(7)], Ids(await world.SendAsync(world.Unsigned("GET", $"{Path}?ids={Id(7)},{Id(2)},{Id(77)}"))));
        Assert.Equal([Id(7)], Ids(await world.SendAsync(world.Unsigned("GET", $"{Path}?ids={Id(7)},{Id(2)}&state=failed"))));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-1")]
    [InlineData("limit=1&limit=2")]
    [InlineData("limit=x")]
    [InlineData("cursor=x")]
    [InlineData("cursor=00000000000000000000000000000000000000000000000g")]
    [InlineData("cursor=ffffffffffffffff00000000000000000000000000000000")]
    [InlineData("state=open")]
    [InlineData("state=created,Created")]
    [InlineData("ids=7")]
    public async Task A_query_that_means_nothing_is_refused_not_ignored(string query)
    {
        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(world.Unsigned("GET", $"{Path}?{query}"))).AssertProblem(400, "invalid_query");
    }

    [Fact]
    public async Task A_page_that_is_still_so_is_answered_304_and_one_that_changed_is_not()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(3));
        foreach (var path in new[] { Path, Path + "?limit=2", Samples.CompetitionPath })
        {
            var first = await world.SendAsync(world.Unsigned("GET", path));
            Assert.Equal("no-cache", first.Headers["Cache-Control"]);
            var again = await world.SendAsync(Asking(world, path, first.Headers["ETag"]));
            Assert.Equal((304, "", first.Headers["ETag"]), (again.Status, again.Body, again.Headers["ETag"]));
            Assert.Equal(200, (await world.SendAsync(Asking(world, path, "\"other\""))).Status);
            Assert.Equal(304, (await world.SendAsync(Asking(world, path, "\"other\", " + first.Headers["ETag"]))).Status);
        }

        var before = await world.SendAsync(world.Unsigned("GET", Path + "?limit=2"));
        world.Grains.Changes = (epoch, after) => new(1, 2, [View(1) with { Version = 9, State = "failed" }]);
        var changed = await world.SendAsync(Asking(world, Path + "?limit=2", before.Headers["ETag"]));
        Assert.Equal(200, changed.Status);
        Assert.Contains("\"state\":\"failed\"", changed.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_changed_is_asked_of_the_directory_and_late_news_never_undo_newer_ones()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(3));
        await world.SendAsync(world.Unsigned("GET", Path));
        world.Grains.Changes = (_, _) => new(1, 5, [View(1) with { Version = 4, State = "failed" }]);
        await world.SendAsync(world.Unsigned("GET", Path));
        world.Grains.Changes = (_, _) => new(1, 6, [View(1) with { Version = 2, State = "attested" }, View(3)]);
        var answer = await world.SendAsync(world.Unsigned("GET", Path));
        Assert.Equal(4, Ids(answer).Length);
        Assert.Contains("\"state\":\"failed\"", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("attested\"", answer.Body, StringComparison.Ordinal);
        await world.SendAsync(world.Unsigned("GET", Path));
        Assert.Equal([[0L, 0L], [1L, 4L], [1L, 5L], [1L, 6L]], world.Grains.Reads.Select(read => read.Arguments.Cast<long>().ToArray()));
    }

    [Fact]
    public async Task A_directory_that_began_anew_replaces_what_was_known()
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(3), epoch: 7);
        await world.SendAsync(world.Unsigned("GET", Path));
        Serve(world, [View(5)], epoch: 8);
        Assert.Equal([Id(5)], Ids(await world.SendAsync(world.Unsigned("GET", Path))));
        Serve(world, Many(2), epoch: 6);
        Assert.Equal([Id(5)], Ids(await world.SendAsync(world.Unsigned("GET", Path))));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("deflate", null)]
    [InlineData("", null)]
    [InlineData(";;;", null)]
    public async Task Pages_are_packed_as_the_client_takes_them(string accepts, string? encoding)
    {
        await using var world = await GatewayWorld.StartAsync();
        Serve(world, Many(60));
        var plain = (await world.SendAsync(world.Unsigned("GET", Path))).Body;
        var request = world.Unsigned("GET", Path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        using var client = new HttpClient(new SocketsHttpHandler());
        using var response = await client.SendAsync(request);
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        var body = await response.Content.ReadAsByteArrayAsync();
        using var bytes = new MemoryStream(body);
        using Stream unpacked = encoding switch
        {
            "br" => new BrotliStream(bytes, CompressionMode.Decompress),
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            _ => bytes,
        };
        using var reader = new StreamReader(unpacked);
        Assert.Equal(plain, await reader.ReadToEndAsync());
        Assert.True(encoding is null || body.Length < plain.Length / 8, $"{body.Length} of {plain.Length}");
    }

    [Fact]
    public async Task Neither_lists_nor_the_public_competition_hold_nonces_signatures_the_contract_or_picks()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Competition = Samples.Late;
        foreach (var path in new[] { Path, Path + "?limit=1", Samples.CompetitionPath })
        {
            var answer = JsonDocument.Parse((await world.SendAsync(world.Unsigned("GET", path))).Body).RootElement;
            var item = answer.ValueKind == JsonValueKind.Array ? answer[0] : answer;
            foreach (var name in new[]
            {
                "contract_parameters", "public_nonces", "aggregated_nonces", "partial_signatures", "signed_contract", "funding_psbt_base64",
            })
            {
                Assert.Equal(JsonValueKind.Null, item.GetProperty(name).ValueKind);
            }

            Assert.DoesNotContain("expected_observations", item.GetRawText(), StringComparison.Ordinal);
        }
    }

    private static void Serve(GatewayWorld world, IEnumerable<CompetitionView> views, long epoch = 1)
    {
        ImmutableArray<CompetitionView> all = [.. views];
        world.Grains.Changes = (asked, after) => new(epoch, all.Length + 1, asked == epoch && after > all.Length ? [] : all);
    }

    private static IEnumerable<CompetitionView> Many(int count) => Enumerable.Range(0, count).Select(View);

    /// <summary>Every three of them are made in the same moment.</summary>
    private static CompetitionView View(int index) => Samples.Fresh with
    {
        Submission = Samples.Terms with { Id = Id(index) },
        CreatedAt = Samples.Fresh.CreatedAt.AddSeconds(index / 3),
    };

    private static Guid Id(int index) => Guid.Parse($"019b7a00-0000-7000-8000-{index:d12}");

    private static Guid[] Ids(Received answer)
        => [.. JsonDocument.Parse(answer.Body).RootElement.EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];

    private static HttpRequestMessage Asking(GatewayWorld world, string path, string tag)
    {
        var request = world.Unsigned("GET", path);
        request.Headers.IfNoneMatch.ParseAdd(tag);
        return request;
    }
}
