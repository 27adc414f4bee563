using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Coordinator.Browser.Tests.World;

/// <summary>Chromium as an operator has it, watched: what its console says, what it asks of whom, what its content security policy refuses.</summary>
internal sealed class OperatorBrowser : IAsyncDisposable
{
    /// <summary>As root, headless, and asking nobody but our own pages.</summary>
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Uri _origin;

    private OperatorBrowser(IPlaywright playwright, IBrowser browser, IPage page, Uri origin) => (_playwright, _browser, Page, _origin) = (playwright, browser, page, origin);

    public IPage Page { get; }

    /// <summary>Errors of the console, refusals of the policy and requests to somebody else.</summary>
    public IReadOnlyCollection<string> Complaints => [.. _complaints];

    public static async Task<OperatorBrowser> OpenAsync(Uri origin, bool hasScript = true, int width = 1_280)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable(), Headless = true, Args = Flags });
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = origin.ToString(), JavaScriptEnabled = hasScript, Locale = "en-GB", TimezoneId = "UTC", ViewportSize = new() { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = await context.NewPageAsync();
        var opened = new OperatorBrowser(playwright, browser, page, origin);
        await opened.WatchAsync(context);
        return opened;
    }

    /// <summary>With nothing but the keyboard.</summary>
    public async Task SignInByKeyboardAsync(string token)
    {
        await Page.GotoAsync("/");
        Assert.EndsWith("/admin/sign-in", Page.Url, StringComparison.Ordinal);
        await Page.Keyboard.PressAsync("Tab");
        await FocusedAsync("Skip to content");
        await Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(Page.Locator("#f-token")).ToBeFocusedAsync();
        await Page.Keyboard.TypeAsync(token);
        await Page.Keyboard.PressAsync("Enter");
        await ArriveAsync("/admin/competitions");
    }

    /// <summary>Waits until what has the keyboard has this text.</summary>
    public Task FocusedAsync(string text) => Assertions.Expect(Page.Locator(":focus")).ToHaveTextAsync(text);

    public async Task SignInAsync(string token)
    {
        await Page.GotoAsync("/admin/sign-in");
        await Page.GetByLabel("Operator token").FillAsync(token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await ArriveAsync("/admin/competitions");
    }

    /// <summary>Waits until the address is this one; whoever comes somewhere else is told what stands there.</summary>
    /// <param name="path">A regular expression of the whole path.</param>
    public async Task ArriveAsync(string path)
    {
        var whole = new Regex($"^{Regex.Escape(_origin.GetLeftPart(UriPartial.Authority))}{path}$", RegexOptions.None, TimeSpan.FromMinutes(1));
        try
        {
            await Assertions.Expect(Page).ToHaveURLAsync(whole);
        }
        catch (PlaywrightException late)
        {
            throw new InvalidOperationException($"{Page.Url} says: {await Page.Locator("body").InnerTextAsync()}; complaints: {string.Join("; ", _complaints)}", late);
        }
    }

    /// <summary>The page as it is, whole, in light and in dark.</summary>
    public async Task PictureAsync(string name)
    {
        Assert.Equal((1, 1), (await Page.Locator("main").CountAsync(), await Page.Locator("h1").CountAsync()));
        await Page.Mouse.WheelAsync(0, -100_000);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures(), $"{name}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true, Caret = ScreenshotCaret.Initial });
        }

        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task WatchAsync(IBrowserContext context)
    {
        await context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI));");
        Page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
            {
                _complaints.Enqueue($"{said.Type}: {said.Text} ({said.Location})");
            }
        };
        Page.PageError += (_, error) => _complaints.Enqueue($"script: {error}");
        Page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != _origin.Authority)
            {
                _complaints.Enqueue($"asked {request.Url}");
            }
        };
    }

    private static string Executable()
    {
        if (Environment.GetEnvironmentVariable("COORDINATOR_CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] names = ["chromium", "chromium-browser", "google-chrome"];
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("no Chromium on PATH: install it (Debian: apt-get install chromium), or name it in COORDINATOR_CHROMIUM");
    }

    /// <summary>A folder of the build's, or the one that the environment names.</summary>
    private static string Pictures()
    {
        var folder = Environment.GetEnvironmentVariable("COORDINATOR_PICTURES") is { Length: > 0 } named ? named : Path.Combine(Root(), "artifacts", "pictures");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coordinator.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
