using System.Globalization;
using System.Text.RegularExpressions;
using Coordinator.Browser.Tests.World;
using Microsoft.Playwright;

namespace Coordinator.Browser.Tests;

/// <summary>An operator's day in a real browser, against the service as <c>up</c> runs it.</summary>
public sealed partial class DashboardTests(LiveWorld world) : IClassFixture<LiveWorld>
{
    /// <summary>Of nobody that is simulated.</summary>
    private const string Elsewhere = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    [Fact]
    public async Task An_operator_signs_in_releases_a_hold_creates_a_competition_watches_it_to_its_end_reads_its_story_and_sends_coins()
    {
        await using var browser = await OperatorBrowser.OpenAsync(world.Operator);
        await SignInAsync(browser);
        await ReleaseHoldAsync(browser);
        await TakeMoneyAgainAsync(browser);
        var competition = await CreateAsync(browser);
        await WatchAsync(browser, competition);
        await ReadStoryAsync(browser);
        await SendAsync(browser);
        await LookAroundAsync(browser, competition);
        await ChooseColoursAsync(browser);
        await SignOutAsync(browser);
        Assert.True(browser.Complaints.Count == 0, string.Join('\n', browser.Complaints));
    }

    [Fact]
    public async Task Without_script_pages_and_forms_do_the_same()
    {
        await using var browser = await OperatorBrowser.OpenAsync(world.Operator, hasScript: false, width: 420);
        var page = browser.Page;
        await browser.SignInAsync(world.Token);
        await page.GotoAsync("/admin/competitions");
        await browser.PictureAsync("competitions-narrow");
        await page.GotoAsync("/admin/holds");
        await page.GetByLabel("Your name").FillAsync("alice");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Money() }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice").First).ToBeVisibleAsync();
        await page.GotoAsync("/admin/wallet/send");
        await page.GetByLabel("To address").FillAsync("nonsense");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what it costs" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-refusal]")).ToHaveAttributeAsync("data-refusal", "address");
        await browser.PictureAsync("send-refused-narrow");
        await page.GotoAsync("/admin/wallet");
        await browser.PictureAsync("wallet-narrow");
    }

    private async Task SignInAsync(OperatorBrowser browser)
    {
        await browser.Page.GotoAsync("/admin/sign-in");
        await browser.PictureAsync("sign-in");
        await browser.SignInByKeyboardAsync(world.Token);
        await Assertions.Expect(browser.Page.Locator("h1")).ToHaveTextAsync("Competitions");
    }

    /// <summary>The payment that somebody made by hand before the restore.</summary>
    private async Task ReleaseHoldAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        await world.UntilHeldAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Holds", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Holds");
        await browser.FocusedAsync("Holds");
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync("Holds");
        await browser.PictureAsync("holds");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = Like("Release… unexplained payment") }).First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Release a hold");
        await page.GetByLabel("Your name").FillAsync("alice");
        await page.GetByLabel("What you found or did").FillAsync("paid by hand");
        await browser.PictureAsync("hold-release");
        await page.GetByRole(AriaRole.Button, new() { Name = "Release the hold" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice.good")).ToContainTextAsync("The hold is released");
        await Assertions.Expect(page.Locator("table").Filter(new() { HasText = "Released holds" })).ToContainTextAsync("released by alice");
    }

    private async Task TakeMoneyAgainAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        await world.UntilCheckedAsync();
        await page.ReloadAsync();
        await page.GetByLabel("Your name").FillAsync("alice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take new money again" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice.good")).ToContainTextAsync("New money is taken again.");
    }

    private static async Task<string> CreateAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Competitions", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New competition" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("New competition");
        var now = TimeProvider.System.GetUtcNow();
        await page.GetByLabel("Observation starts").FillAsync(Moment(now.AddMinutes(20)));
        await page.GetByLabel("Observation ends").FillAsync(Moment(now.AddHours(3)));
        await page.GetByLabel("The oracle attests").FillAsync(Moment(now.AddHours(4)));
        foreach (var station in new[] { "KDEN", "KJFK", "KSEA" })
        {
            await page.Locator($"#s-{station}").CheckAsync();
        }

        await page.GetByLabel("Winning places").FillAsync("2");
        await page.GetByLabel("Picks per entry").FillAsync("6");
        await page.GetByLabel("Entry fee, sat").FillAsync("50000");
        await browser.PictureAsync("create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the competition" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice.good")).ToContainTextAsync("players can buy tickets");
        await browser.ArriveAsync("/admin/competitions/[0-9a-f-]{36}");
        return new Uri(page.Url).Segments[^1];
    }

    /// <summary>The page follows by itself, without being loaded again.</summary>
    private async Task WatchAsync(OperatorBrowser browser, string competition)
    {
        var page = browser.Page;
        await Assertions.Expect(page.Locator(".lead .pill")).ToHaveTextAsync("created");
        await page.EvaluateAsync("window.loadedOnce = true");
        world.LetPlayersIn(competition);
        await world.UntilAsync(competition, "awaiting_attestation");
        await Assertions.Expect(page.Locator(".lead .pill")).ToHaveTextAsync("awaiting attestation");
        await browser.PictureAsync("story-running");
        await world.UntilAsync(competition, "completed");
        await Assertions.Expect(page.Locator(".lead .pill")).ToHaveTextAsync("completed");
        Assert.True(await page.EvaluateAsync<bool>("window.loadedOnce === true"), "the page was loaded again");
    }

    private static async Task ReadStoryAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        var steps = await page.Locator(".steps .step").AllTextContentsAsync();
        Assert.Equal("created", steps[0]);
        Assert.Equal("completed", steps[^1]);
        foreach (var step in new[] { "event created", "signing complete", "funding broadcasted", "awaiting attestation", "outcome broadcasted" })
        {
            Assert.Contains(step, steps);
        }

        var transactions = page.Locator("table").Filter(new() { Has = page.Locator("caption", new() { HasTextString = "Transactions" }) });
        foreach (var role in new[] { "funding", "outcome", "close" })
        {
            await Assertions.Expect(transactions.Locator("tbody th", new() { HasTextRegex = Like($"^{role}$") })).ToHaveCountAsync(1);
        }

        await Assertions.Expect(page.Locator("table").Filter(new() { Has = page.Locator("caption", new() { HasTextString = "Attempts to pay winners" }) }).Locator(".pill.good")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("table").Filter(new() { Has = page.Locator("caption", new() { HasTextRegex = Like("^Effects") }) })).ToContainTextAsync("broadcast funding");
        await browser.PictureAsync("story");
    }

    private async Task SendAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Wallet", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Wallet");
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code of the next address" })).ToBeVisibleAsync();
        await page.GetByLabel("To address").FillAsync(Elsewhere);
        await page.GetByLabel("Amount, sat").FillAsync("123456");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what it costs" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Confirm the send");
        await Assertions.Expect(page.Locator(".facts")).ToContainTextAsync(Elsewhere);
        await browser.PictureAsync("send-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        var notice = await page.Locator(".notice.good").TextContentAsync();
        var txid = Like("[0-9a-f]{64}").Match(notice!).Value;
        Assert.Equal(txid, (await world.TransactionAsync(txid)).GetProperty("txid").GetString());
        await Assertions.Expect(page.Locator("table").Filter(new() { HasText = "Sends, newest first" })).ToContainTextAsync("waiting");
        await browser.PictureAsync("wallet");
        await world.MineAsync(1);
    }

    private static async Task LookAroundAsync(OperatorBrowser browser, string competition)
    {
        var page = browser.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Services", Exact = true }).ClickAsync();
        foreach (var part in new[] { "storage", "chain", "lightning", "oracle", "keymeld" })
        {
            await Assertions.Expect(page.Locator("tbody th", new() { HasTextRegex = Like($"^{part}$") })).ToHaveCountAsync(1);
        }

        await browser.PictureAsync("services");
        await page.GetByRole(AriaRole.Link, new() { Name = "Grains", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("table").Filter(new() { HasText = "Calls by method" })).ToContainTextAsync("StoryAsync");
        await Assertions.Expect(page.Locator("table").Filter(new() { HasText = "Silos of the cluster" })).ToContainTextAsync("Active");
        await browser.PictureAsync("grains");
        await page.GetByRole(AriaRole.Link, new() { Name = "Owed", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Owed");
        await browser.PictureAsync("owed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Competitions", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = Like("^Over") }).ClickAsync();
        await Assertions.Expect(page.Locator($"#c-{competition}")).ToBeVisibleAsync();
        await browser.PictureAsync("competitions");
    }

    private static async Task ChooseColoursAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        var button = page.Locator("[data-theme-button]");
        await Assertions.Expect(button).ToHaveTextAsync(Like("system$"));
        var system = await ColourAsync(page);
        await button.ClickAsync();
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveTextAsync(Like("dark$"));
        Assert.NotEqual(system, await ColourAsync(page));
        var dark = await ColourAsync(page);
        await page.ReloadAsync();
        Assert.Equal(dark, await ColourAsync(page));
        await page.Locator("[data-theme-button]").ClickAsync();
        Assert.Equal(system, await ColourAsync(page));
    }

    private static Task<string> ColourAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static async Task SignOutAsync(OperatorBrowser browser)
    {
        var page = browser.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await browser.ArriveAsync("/admin/sign-in");
        await page.GotoAsync("/admin/wallet");
        Assert.EndsWith("/admin/sign-in", page.Url, StringComparison.Ordinal);
    }

    private static Regex Like(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromMinutes(1));

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    [GeneratedRegex("new money", RegexOptions.None, 60_000)]
    private static partial Regex Money();
}
