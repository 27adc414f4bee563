using Coordinator.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coordinator.Gateway;

/// <summary>Turns every refusal, exception and empty error answer below it into one problem body; nothing else writes errors.</summary>
internal sealed partial class Failures(RequestDelegate next, ILogger<Failures> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var error = await RunAsync(context) ?? Silent(context);
        if (error is not null && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var allow = context.Response.Headers.Allow;
            context.Response.Clear();
            context.Response.Headers.Allow = allow;
            await ErrorBody.WriteAsync(context, error);
        }
    }

    private async Task<GatewayError?> RunAsync(HttpContext context)
    {
        try
        {
            await next(context);
            return null;
        }
        catch (RefusedRequestException refused)
        {
            return refused.Error;
        }
        catch (BadHttpRequestException bad)
        {
            return GatewayError.Of(bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "body_too_large",
                StatusCodes.Status408RequestTimeout => "request_timeout",
                _ => "bad_request",
            });
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            return null; // nobody is there to answer
        }
        catch (Exception unavailable) when (unavailable is TimeoutException or OrleansException or OperationCanceledException)
        {
            LogUnavailable(unavailable.GetType().Name);
            return GatewayError.Of("unavailable");
        }
#pragma warning disable CA1031 // Whatever it was, the caller gets an answer and the log its type and place.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            // Not the message: it may quote what the caller sent.
            LogUnexpected(unexpected.GetType().FullName ?? "an exception", unexpected.StackTrace ?? string.Empty);
            return GatewayError.Of("internal");
        }
    }

    /// <summary>The framework's own empty answers.</summary>
    private static GatewayError? Silent(HttpContext context)
    {
        if (context.Response.HasStarted || context.Response.ContentLength is not null || context.Response.ContentType is not null)
        {
            return null;
        }

        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => GatewayError.Of("unknown_path"),
            StatusCodes.Status405MethodNotAllowed => GatewayError.Of("method_not_allowed"),
            StatusCodes.Status413PayloadTooLarge => GatewayError.Of("body_too_large"),
            StatusCodes.Status415UnsupportedMediaType => GatewayError.Of("unsupported_media_type"),
            >= 500 => GatewayError.Of("internal"),
            >= 400 => GatewayError.Of("bad_request"),
            _ => null,
        };
    }

    [LoggerMessage(60, LogLevel.Warning, "A grain did not answer: {Kind}")]
    private partial void LogUnavailable(string kind);

    [LoggerMessage(61, LogLevel.Error, "Unexpected {Kind}\n{Stack}")]
    private partial void LogUnexpected(string kind, string stack);
}
