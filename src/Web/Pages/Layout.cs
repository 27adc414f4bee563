using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>What is around every page, and the headers of every answer.</summary>
internal static class Layout
{
    /// <summary>Nothing from elsewhere, nothing inline, no evaluation.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>htmx without evaluation, styles of its own, other origins and pages kept in the browser's storage; refusals are shown as they come.</summary>
    private const string Htmx =
        """{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,"responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}""";

    private static readonly (string Name, string Path)[] Pages =
    [
        ("Competitions", "/admin/competitions"), ("Holds", "/admin/holds"), ("Owed", "/admin/owed"), ("Wallet", "/admin/wallet"),
        ("Services", "/admin/services"), ("Grains", "/admin/grains"),
    ];

    internal static Task WriteAsync(PageCall call, PageReply reply) => reply switch
    {
        PageReply.Whole page => WriteAsync(call.Http, page.Status, Around(call.Http, page.Title, Inside(call.Http, call.Session, page))),
        PageReply.Piece piece => WriteAsync(call.Http, StatusCodes.Status200OK, piece.Content),
        PageReply.GoTo target => GoAsync(call.Http, target.Path),
        _ => throw new InvalidOperationException("no such reply"),
    };

    /// <summary>A page that says why nothing was done.</summary>
    internal static Task RefuseAsync(HttpContext context, OperatorSession session, Refusal refusal)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var content = Forms.Complaint(refusal.Code, refusal.Sentence);
        return IsPiece(context)
            ? WriteAsync(context, refusal.Status, content)
            : WriteAsync(context, refusal.Status, Around(context, "Refused", Inside(context, session, new PageReply.Whole("Refused", content))));
    }

    internal static Task GoAsync(HttpContext context, string path)
    {
        Head(context, StatusCodes.Status303SeeOther);
        context.Response.Headers.Location = path;
        return Task.CompletedTask;
    }

    internal static async Task WriteAsync(HttpContext context, int status, Markup markup)
    {
        Head(context, status);
        var bytes = Encoding.UTF8.GetBytes(markup.ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Whether a page that refreshes itself asks.</summary>
    internal static bool IsPiece(HttpContext context) => context.Request.Path.StartsWithSegments("/admin/pieces", StringComparison.Ordinal);

    /// <summary>Headers that keep a page of ours ours.</summary>
    internal static void Head(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "same-origin"; // so that the browser names our own origin with our forms
    }

    internal static Markup Around(HttpContext context, string title, Markup body) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="htmx-config" content="{Htmx}">
        <title>{title} · Coordinator</title>
        <link rel="icon" href="{PageAssets.PathOf("favicon.svg")}" type="image/svg+xml">
        <link rel="stylesheet" href="{PageAssets.PathOf("app.css")}">
        <script src="{PageAssets.PathOf("theme.js")}"></script>
        <script src="{PageAssets.PathOf("htmx.min.js")}" defer></script>
        <script src="{PageAssets.PathOf("app.js")}" defer></script>
        </head>
        <body>
        <a class="skip" href="#content">Skip to content</a>
        <div id="page" hx-boost="true" hx-target="#page" hx-select="#page" hx-swap="outerHTML">
        {body}
        </div>
        <div id="live" class="unseen" role="status" aria-live="polite"></div>
        </body>
        </html>
        """);

    internal static Markup ThemeButton() => Html.Of(
        $"""<button type="button" class="plain" data-theme-button hidden>Colours: <span data-theme-name>system</span></button>""");

    private static Markup Inside(HttpContext context, OperatorSession session, PageReply.Whole page)
    {
        var scene = context.RequestServices.GetRequiredService<DashboardScene>();
        var further = context.RequestServices.GetServices<FurtherPage>().Select(one => (one.Name, one.Path));
        return Html.Of(
            $"""
            <header class="bar">
            <a class="brand" href="/admin/competitions">Coordinator <span class="network">{scene.Network}</span></a>
            <nav aria-label="Pages"><ul>{Pages.Concat(further).Select(one => Entry(context, one.Name, one.Path))}</ul></nav>
            <div class="tools">{ThemeButton()}<form method="post" action="/admin/sign-out" hx-boost="false"><input type="hidden" name="{Forms.TokenField}" value="{session.Token}"><button type="submit" class="plain">Sign out</button></form></div>
            </header>
            <main id="content" tabindex="-1">
            <div class="heading"><h1 tabindex="-1">{page.Title}</h1><div class="actions">{page.Aside}</div></div>
            {session.Take().Select(notice => Html.Of($"""<p class="notice {(notice.IsGood ? "good" : "warning")}" data-announce>{notice.Text}</p>"""))}
            {page.Content}
            </main>
            """);
    }

    private static Markup Entry(HttpContext context, string name, string path)
    {
        var isCurrent = context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal);
        return isCurrent
            ? Html.Of($"""<li><a href="{path}" aria-current="page">{name}</a></li>""")
            : Html.Of($"""<li><a href="{path}">{name}</a></li>""");
    }
}
