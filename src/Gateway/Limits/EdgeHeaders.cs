using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Limits;

/// <summary>
/// Headers of every answer, refusals included: what browsers must not do with it, and which other origins may read it (CORS). A page that
/// sets a policy of its own keeps it. Origins are compared exactly; one that is not configured is told nothing.
/// </summary>
internal sealed class EdgeHeaders(RequestDelegate next, GatewayOptions options, PublicOrigins origins)
{
    private const string Methods = "GET, POST, OPTIONS";
    private const string Headers = "accept, content-type, authorization";
    private const string Exposed = "ETag, Retry-After, X-Next-Cursor, X-Signing-Round";
    private const string ADay = "86400";

    /// <summary>Only where players come by TLS alone may a browser be told never to come without.</summary>
    private readonly bool _isSecure = options.Origins.Count > 0
        && options.Origins.All(origin => origin.StartsWith("https://", StringComparison.OrdinalIgnoreCase));

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Write, context);
        if (!IsPreflight(context.Request) || AllowedOrigin(context) is null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = Methods;
        context.Response.Headers.AccessControlAllowHeaders = Headers;
        context.Response.Headers.AccessControlMaxAge = ADay;
        return Task.CompletedTask;
    }

    private static bool IsPreflight(HttpRequest request)
        => HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0;

    private Task Write(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        if (!headers.ContainsKey("Referrer-Policy"))
        {
            headers["Referrer-Policy"] = "no-referrer";
        }

        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        }

        if (_isSecure)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        if (IsPublic(context))
        {
            headers.Append("Vary", "Origin");
            if (AllowedOrigin(context) is { } origin)
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlAllowCredentials = "true";
                headers.AccessControlExposeHeaders = Exposed;
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsPublic(HttpContext context) => context.Features.Get<ListenerFeature>()?.Kind == ListenerKind.Public;

    private string? AllowedOrigin(HttpContext context)
        => IsPublic(context) && context.Request.Headers.Origin is { Count: 1 } only && only[0] is { } origin
            && (origins.All.Contains(origin, StringComparer.Ordinal) || options.CorsOrigins.Contains(origin, StringComparer.Ordinal))
            ? origin
            : null;
}
