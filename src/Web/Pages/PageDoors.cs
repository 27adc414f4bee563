using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Coordinator.Web;

/// <summary>The ways in for a signed-in operator: pages, pieces that refresh themselves, and forms. Each finds the session first.</summary>
internal static partial class PageDoors
{
    /// <summary>Longer than any grain call may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private static readonly FormOptions Bounds = new()
    {
        BufferBody = false, ValueCountLimit = 400, KeyLengthLimit = 100, ValueLengthLimit = 16 * 1_024, MemoryBufferThreshold = 64 * 1_024,
    };

    internal static void MapPage(this IEndpointRouteBuilder routes, string path, Func<PageCall, Task<PageReply>> answer)
        => routes.MapMethods(path, [HttpMethods.Get], context => GuardAsync(context, isUse: true, answer));

    /// <summary>A piece of a page; asking for it does not keep the session alive.</summary>
    internal static void MapPiece(this IEndpointRouteBuilder routes, string path, Func<PageCall, Task<Markup>> answer)
        => routes.MapMethods(path, [HttpMethods.Get], context => GuardAsync(context, isUse: false, async call => new PageReply.Piece(await answer(call))));

    internal static void MapForm(this IEndpointRouteBuilder routes, string path, Func<PageCall, Task<PageReply>> answer)
        => routes.MapMethods(path, [HttpMethods.Post], context => GuardAsync(context, isUse: true, answer));

    /// <summary>Reads a form within its bounds.</summary>
    /// <exception cref="RefusedPageException">It is none, or too large.</exception>
    internal static async Task<IFormCollection> ReadFormAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new RefusedPageException(Refusal.BadForm);
        }

        try
        {
            return await context.Request.ReadFormAsync(Bounds, context.RequestAborted);
        }
        catch (Exception malformed) when (malformed is InvalidDataException or BadHttpRequestException)
        {
            throw new RefusedPageException(Refusal.BadForm);
        }
    }

    private static async Task GuardAsync(HttpContext context, bool isUse, Func<PageCall, Task<PageReply>> answer)
    {
        var (look, session) = context.RequestServices.GetRequiredService<OperatorSessions>()
            .Find(context.RequestServices.GetRequiredService<SessionCookies>().Session(context), isUse);
        if (session is null)
        {
            await SignInPage.AskAsync(context, look == SessionLook.Missing ? Refusal.Missing : Refusal.Expired);
            return;
        }

        PageCall? call = null;
        try
        {
            call = new PageCall(context, session, HttpMethods.IsPost(context.Request.Method) ? await AdmitAsync(context, session) : null);
            await Layout.WriteAsync(call, await answer(call).WaitAsync(Patience, context.RequestServices.GetRequiredService<TimeProvider>(), context.RequestAborted));
        }
        catch (RefusedPageException refused)
        {
            await Layout.RefuseAsync(context, session, refused.Refusal);
        }
        catch (Exception unavailable) when (!context.RequestAborted.IsCancellationRequested && unavailable is TimeoutException or OrleansException)
        {
            LogUnavailable(Log(context), unavailable.GetType().Name);
            await Layout.RefuseAsync(context, session, Refusal.Unavailable);
        }
        catch (Exception unexpected) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Not the message: it may quote what was sent.
            LogUnexpected(Log(context), unexpected.GetType().FullName ?? "an exception", unexpected.StackTrace ?? string.Empty);
            await Layout.RefuseAsync(context, session, Refusal.Internal);
        }
    }

    /// <summary>The form of our own page, in this session.</summary>
    private static async Task<IFormCollection> AdmitAsync(HttpContext context, OperatorSession session)
    {
        if (!SameSite.IsOwn(context.Request))
        {
            throw new RefusedPageException(Refusal.CrossSite);
        }

        var form = await ReadFormAsync(context);
        return form[Forms.TokenField] is not [{ Length: > 0 } token] ? throw new RefusedPageException(Refusal.FormMissing)
            : session.IsOwn(token) ? form
            : throw new RefusedPageException(Refusal.FormWrong);
    }

    private static ILogger Log(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Coordinator.Web");

    [LoggerMessage(EventId = 70, Level = LogLevel.Warning, Message = "A page could not be made: a grain did not answer ({Kind})")]
    private static partial void LogUnavailable(ILogger log, string kind);

    [LoggerMessage(EventId = 71, Level = LogLevel.Error, Message = "A page could not be made: unexpected {Kind}\n{Stack}")]
    private static partial void LogUnexpected(ILogger log, string kind, string stack);
}
