using Coordinator.Gateway.Metering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coordinator.Gateway.Requests;

/// <summary>Logs method, path, status and duration of every request, and counts it by route. Never headers, queries or bodies.</summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, GatewayMeter meter, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var took = time.GetElapsedTime(started);
            meter.Count(context.Request.Method, RouteNote.Of(context), context.Response.StatusCode, took);
            if (log.IsEnabled(LogLevel.Information))
            {
                var path = PathOf(context);
                LogRequest(context.Request.Method, path, context.Response.StatusCode, took.TotalMilliseconds);
            }
        }
    }

    /// <summary>Without control characters, which could forge lines.</summary>
    private static string PathOf(HttpContext context)
    {
        var path = context.Request.Path.ToUriComponent();
        return path.Length <= 512 ? path : path[..512];
    }

    [LoggerMessage(62, LogLevel.Information, "{Method} {Path} {Status} {Milliseconds} ms")]
    private partial void LogRequest(string method, string path, int status, double milliseconds);
}
