using Microsoft.AspNetCore.Http.Features;

namespace Coordinator.Simulators.Oracle;

/// <summary>Carries out the scripted faults of requests.</summary>
internal sealed class FaultMiddleware(OracleFaults faults, TimeProvider time)
{
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        var fault = path.StartsWith("/control", StringComparison.Ordinal) ? null : faults.Take(context.Request.Method, path);
        switch (fault?.Kind)
        {
            case null:
                await next(context);
                break;
            case OracleFaultKind.Delay:
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), time, context.RequestAborted);
                await next(context);
                break;
            case OracleFaultKind.Status:
                await AnswerAsync(context, fault.StatusCode, "{\"error\":\"scripted fault\"}");
                break;
            case OracleFaultKind.DropBefore:
                context.Abort();
                break;
            case OracleFaultKind.DropAfter:
                await UnheardAsync(context, next);
                context.Abort();
                break;
            case OracleFaultKind.FailAfter:
                await UnheardAsync(context, next);
                await AnswerAsync(context, StatusCodes.Status500InternalServerError, "{\"error\":\"internal server error\"}");
                break;
            case OracleFaultKind.Garbage:
                await UnheardAsync(context, next);
                await AnswerAsync(context, StatusCodes.Status200OK, "{\"half\": [");
                break;
            case OracleFaultKind.Endless:
                await FloodAsync(context);
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>Lets the request have its effect and throws the answer away.</summary>
    private static async Task UnheardAsync(HttpContext context, RequestDelegate next)
    {
        var real = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        await next(context);
        context.Features.Set(real);
        context.Response.Headers.Clear();
    }

    private static async Task FloodAsync(HttpContext context)
    {
        var part = new byte[64 * 1024];
        part.AsSpan().Fill((byte)' ');
        for (var sent = 0; sent < 70 * 1024 * 1024 && !context.RequestAborted.IsCancellationRequested; sent += part.Length)
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }
}
