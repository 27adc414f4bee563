using System.Diagnostics;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Requests;

/// <summary>
/// One span for each request. A request whose path names a competition is part of that competition's trace, others of one of their own. What a
/// client sends as <c>traceparent</c> is believed no more than anything else of it: it becomes a link, never a parent, and decides nothing about sampling.
/// </summary>
internal sealed class RequestTrace(RequestDelegate next)
{
    private static readonly ActivitySource Source = new("Coordinator.Gateway");

    public Task InvokeAsync(HttpContext context) => Source.HasListeners() && IsWorthIt(context) ? TraceAsync(context) : next(context);

    private async Task TraceAsync(HttpContext context)
    {
        var competition = CompetitionOf(context.Request.Path);
        // The server's own span stands for what the client says; nothing below may continue it.
        Activity.Current = null;
        using var span = Source.StartActivity(
            MethodOf(context.Request), ActivityKind.Server, competition is { } id ? CompetitionTrace.Of(id) : Anew(), links: Links(context.Request));
        await next(context);
        if (span is not null)
        {
            Describe(span, context, competition);
        }
    }

    private static void Describe(Activity span, HttpContext context, Guid? competition)
    {
        var (method, route) = (MethodOf(context.Request), RouteNote.Of(context));
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("coordinator.listener", context.Features.Get<ListenerFeature>()?.Kind.ToString());
        if (competition is { } id)
        {
            span.SetTag(CompetitionTrace.CompetitionKey, id.ToString());
        }

        if (context.Request.RouteValues.TryGetValue("ticket_id", out var value) && Guid.TryParseExact(value as string, "D", out var ticket))
        {
            span.SetTag(CompetitionTrace.TicketKey, ticket.ToString());
        }

        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Scrapes and probes come every few seconds and tell nothing.</summary>
    private static bool IsWorthIt(HttpContext context)
        => context.Features.Get<ListenerFeature>()?.Kind is not (null or ListenerKind.Metrics)
            && !context.Request.Path.StartsWithSegments("/api/v1/health_check", StringComparison.Ordinal);

    private static Guid? CompetitionOf(PathString path)
    {
        const string Competitions = "/api/v1/competitions/";
        var text = path.Value;
        return text is not null && text.StartsWith(Competitions, StringComparison.Ordinal)
            && Guid.TryParseExact(text.AsSpan(Competitions.Length, Math.Min(36, text.Length - Competitions.Length)), "D", out var id) ? id : null;
    }

    private static ActivityContext Anew() => new(ActivityTraceId.CreateRandom(), default, ActivityTraceFlags.None);

    private static ActivityLink[]? Links(HttpRequest request)
        => request.Headers.TraceParent is [{ Length: 55 } header] && ActivityContext.TryParse(header, null, isRemote: true, out var theirs) ? [new ActivityLink(theirs)] : null;

    private static string MethodOf(HttpRequest request)
        => request.Method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? request.Method : "_OTHER";
}
