using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coordinator.Web;

/// <summary>Signing in with the operator's token, and out.</summary>
internal static partial class SignInPage
{
    internal const string Path = "/admin/sign-in";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get], context => ShowAsync(context, StatusCodes.Status200OK, null));
        routes.MapMethods(Path, [HttpMethods.Post], SignInAsync);
        routes.MapForm("/admin/sign-out", call =>
        {
            var cookies = call.Services.GetRequiredService<SessionCookies>();
            call.Services.GetRequiredService<OperatorSessions>().Close(cookies.Session(call.Http));
            cookies.Forget(call.Http);
            return Task.FromResult<PageReply>(new PageReply.GoTo(Path));
        });
    }

    /// <summary>For who comes without a session: the form with the reason. Who just opens a page is led to it.</summary>
    internal static Task AskAsync(HttpContext context, Refusal refusal)
    {
        if (context.Request.Headers["HX-Request"].Count > 0)
        {
            context.Response.Headers["HX-Redirect"] = refusal == Refusal.Expired ? $"{Path}?over" : Path;
            return Layout.WriteAsync(context, refusal.Status, Forms.Complaint(refusal.Code, refusal.Sentence));
        }

        return HttpMethods.IsGet(context.Request.Method) && refusal == Refusal.Missing
            ? Layout.GoAsync(context, Path)
            : ShowAsync(context, refusal.Status, refusal);
    }

    private static Task ShowAsync(HttpContext context, int status, Refusal? refusal)
    {
        var token = RandomText.Make();
        context.RequestServices.GetRequiredService<SessionCookies>().SetForm(context, token);
        refusal ??= context.Request.Query.ContainsKey("over") ? Refusal.Expired : null;
        var field = new Field("token", "Operator token", null) { Type = "password", IsNeeded = true, Longest = 600, Fill = "current-password", Hint = "It stands in the file that Gateway:OperatorTokenFile names." };
        return Layout.WriteAsync(context, status, Layout.Around(context, "Sign in", Html.Of(
            $"""
            <main id="content" class="door" tabindex="-1">
            <p class="brand">Coordinator <span class="network">{context.RequestServices.GetRequiredService<DashboardScene>().Network}</span></p>
            <h1 tabindex="-1">Sign in</h1>
            {(refusal is null ? Markup.None : Forms.Complaint(refusal.Code, refusal.Sentence))}
            <form method="post" action="{Path}" hx-boost="false">
            <input type="hidden" name="{Forms.TokenField}" value="{token}">
            {field.Render()}
            <div class="actions"><button type="submit" class="primary">Sign in</button>{Layout.ThemeButton()}</div>
            </form>
            </main>
            """)));
    }

    private static async Task SignInAsync(HttpContext context)
    {
        if (await RefusalAsync(context) is { } refusal)
        {
            LogRefused(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Coordinator.Web"), refusal.Code);
            await ShowAsync(context, refusal.Status, refusal);
            return;
        }

        var (cookies, sessions) = (context.RequestServices.GetRequiredService<SessionCookies>(), context.RequestServices.GetRequiredService<OperatorSessions>());
        sessions.Close(cookies.Session(context));
        cookies.Forget(context);
        cookies.SetSession(context, sessions.Open());
        await Layout.GoAsync(context, "/admin/competitions");
    }

    private static async Task<Refusal?> RefusalAsync(HttpContext context)
    {
        var door = context.RequestServices.GetRequiredService<IOperatorDoor>();
        if (!SameSite.IsOwn(context.Request))
        {
            return Refusal.CrossSite;
        }

        if (door.Wait(context) is { Ticks: > 0 } wait)
        {
            return Refusal.TooMany(wait);
        }

        try
        {
            var form = await PageDoors.ReadFormAsync(context);
            var shown = context.RequestServices.GetRequiredService<SessionCookies>().Form(context);
            return form[Forms.TokenField] is not [{ Length: > 0 } token] || shown is null ? Refusal.FormMissing
                : !RandomText.IsSame(shown, token) ? Refusal.FormWrong
                : door.IsToken(context, form["token"].ToString().Trim()) ? null
                : Refusal.WrongToken;
        }
        catch (RefusedPageException refused)
        {
            return refused.Refusal;
        }
    }

    [LoggerMessage(EventId = 72, Level = LogLevel.Warning, Message = "A sign-in of the operator was refused: {Code}")]
    private static partial void LogRefused(ILogger log, string code);
}
