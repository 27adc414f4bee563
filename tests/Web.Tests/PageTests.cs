using Coordinator.Gateway.Tests.World;
using Coordinator.Web.Tests.World;

namespace Coordinator.Web.Tests;

/// <summary>Every page: its headers, its structure, and that looking changes nothing.</summary>
public sealed class PageTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static readonly string[] Reads = ["list", "status", "story", "holds", "owed", "balance", "estimated_fees", "address", "sends", "outputs"];

    public static TheoryData<string> Pages => [.. Everything.Pages];

    public static TheoryData<string> Pieces => [.. Everything.Pieces];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_well_formed_labelled_and_loads_nothing_but_our_own(string path)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync(path);
        Assert.Equal(200, page.Status);
        Assert.Equal([], PageCheck.Complaints(page.Body));
        AssertHeaders(page);
        Assert.Equal([], world.Grains.Calls.Select(call => call.Method).Except(Reads));
        Assert.DoesNotContain(GatewayWorld.Token, page.Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task A_piece_that_refreshes_itself_is_well_formed_too_and_has_the_same_headers(string path)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var piece = await visitor.GetAsync(path, ("HX-Request", "true"));
        Assert.Equal(200, piece.Status);
        Assert.Equal([], PageCheck.Complaints(piece.Body, isWhole: false));
        Assert.DoesNotContain("<html", piece.Body, StringComparison.Ordinal);
        AssertHeaders(piece);
        Assert.Equal([], world.Grains.Calls.Select(call => call.Method).Except(Reads));
    }

    [Fact]
    public async Task The_page_asks_for_its_pieces_where_they_are()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        foreach (var path in Everything.Pages)
        {
            var page = await visitor.GetAsync(path);
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(page.Body, "(?:hx-get|href|src)=\"(/[^\"#]*)", System.Text.RegularExpressions.RegexOptions.NonBacktracking))
            {
                var target = System.Net.WebUtility.HtmlDecode(match.Groups[1].Value);
                Assert.True((await visitor.GetAsync(target)).Status is 200 or 303, $"{path} leads to {target}, which is not there");
            }
        }
    }

    [Theory]
    [InlineData("/", "/admin/competitions")]
    [InlineData("/admin", "/admin/competitions")]
    public async Task The_root_leads_to_the_competitions(string path, string target)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var answer = await visitor.GetAsync(path);
        Assert.Equal((303, target), (answer.Status, answer.Location));
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_in_words()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        (await visitor.GetAsync("/admin/competitions/nonsense")).AssertRefused(404, "unknown_path");
        (await visitor.GetAsync("/admin/holds/release?id=wallet/none")).AssertRefused(404, "hold_not_found");
        Assert.Equal(404, (await visitor.GetAsync("/admin/nonsense")).Status);
    }

    [Fact]
    public async Task The_pages_are_on_the_operators_listener_only()
    {
        await using var world = await Everything.StartAsync();
        foreach (var listener in new[] { world.Addresses.Public, world.Addresses.Metrics })
        {
            using var stranger = new Visitor(world, listener);
            foreach (var path in Everything.Pages.Concat(Everything.Pieces).Append(Visitor.SignIn).Append("/admin"))
            {
                Assert.Equal(404, (await stranger.GetAsync(path)).Status);
            }
        }
    }

    [Fact]
    public async Task Assets_are_kept_for_ever_under_names_that_hold_their_hash()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = new Visitor(world);
        var page = await visitor.GetAsync(Visitor.SignIn);
        var assets = System.Text.RegularExpressions.Regex.Matches(page.Body, "(?:href|src)=\"(/admin/assets/[a-z.]+\\.[0-9a-f]{12}\\.[a-z]+)\"", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(5, assets.Count);
        foreach (var path in assets)
        {
            var asset = await visitor.GetAsync(path);
            Assert.Equal((200, "public, max-age=31536000, immutable", "nosniff"), (asset.Status, asset.Headers["Cache-Control"], asset.Headers["X-Content-Type-Options"]));
        }

        Assert.Equal(404, (await visitor.GetAsync("/admin/assets/app.css")).Status);
        Assert.Equal(404, (await visitor.GetAsync("/admin/assets/..%2fapp.css")).Status);
    }

    [Fact]
    public async Task A_grain_that_does_not_answer_is_a_page_that_says_so_and_nothing_of_why()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        world.Grains.Failure = new TimeoutException("secret place");
        (await visitor.GetAsync("/admin/holds")).AssertRefused(503, "unavailable");
        world.Grains.Failure = new InvalidDataException("secret place");
        var failed = await visitor.GetAsync("/admin/holds");
        failed.AssertRefused(500, "internal");
        Assert.Equal([], PageCheck.Complaints(failed.Body));
        Assert.DoesNotContain("secret place", failed.Body + string.Join('\n', world.Log.All.Where(line => line.Contains("Coordinator.", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transactions_lead_to_the_explorer_that_is_configured_and_tell_it_nothing()
    {
        await using var world = await Everything.StartAsync(options => options.Dashboard.ExplorerUrl = "https://explorer.example/testnet/");
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync(Everything.Competition);
        Assert.Contains($"""<a href="https://explorer.example/testnet/tx/{new string('3', 64)}" rel="noreferrer noopener" target="_blank">""", page.Body, StringComparison.Ordinal);
        Assert.Equal([], PageCheck.Complaints(page.Body));
    }

    [Fact]
    public async Task On_regtest_there_is_no_explorer()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        Assert.DoesNotContain("https://", (await visitor.GetAsync(Everything.Competition)).Body, StringComparison.Ordinal);
    }

    internal static void AssertHeaders(Seen page)
    {
        Assert.Equal(Policy, page.Headers["Content-Security-Policy"]);
        Assert.Equal("no-store", page.Headers["Cache-Control"]);
        Assert.Equal("same-origin", page.Headers["Referrer-Policy"]);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.Equal("DENY", page.Headers["X-Frame-Options"]);
        Assert.Equal("text/html; charset=utf-8", page.Headers["Content-Type"]);
    }
}
