using System.Text.Json;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Lists;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Requests;

/// <summary>What an admitted request is answered.</summary>
/// <param name="Status">HTTP status of success.</param>
/// <param name="Body">JSON in UTF-8; null for an empty body.</param>
/// <param name="Round">Value of the header <c>X-Signing-Round</c>, or null.</param>
internal sealed record Reply(int Status, ReadOnlyMemory<byte>? Body = null, string? Round = null)
{
    private ListPage? _page;

    /// <summary>Clients may keep the answer and ask whether it is still so.</summary>
    internal bool IsRevalidated { get; init; }

    internal const string RoundHeader = "X-Signing-Round";

    internal static Reply Empty { get; } = new(StatusCodes.Status200OK);

    internal static Reply Json(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new(status, JsonBody.Render(write));

    /// <summary>A page of a list.</summary>
    internal static Reply Page(ListPage page) => new(StatusCodes.Status200OK) { _page = page };

    internal async Task WriteAsync(HttpContext context)
    {
        if (_page is not null)
        {
            await _page.WriteAsync(context);
            return;
        }

        context.Response.StatusCode = Status;
        if (Round is not null)
        {
            context.Response.Headers[RoundHeader] = Round;
        }

        if (Body is { } tagged && IsRevalidated && Revalidation.TagOf(tagged.Span) is { } tag)
        {
            Revalidation.Mark(context.Response.Headers, tag);
            if (Revalidation.IsKnown(context.Request, tag))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        if (Body is { } body)
        {
            await JsonBody.WriteAsync(context, JsonBody.ContentType, body);
        }
        else
        {
            context.Response.ContentLength = 0;
        }
    }
}

/// <summary>Turns grain answers into replies.</summary>
internal static class Answers
{
    /// <summary>The value.</summary>
    /// <exception cref="RefusedRequestException">The grain refused.</exception>
    internal static T OrRefuse<T>(this Answer<T> answer)
        => answer.TryGet(out var value, out var problem) ? value : throw new RefusedRequestException(GatewayError.Of(problem));

    internal static async Task<Reply> AsJsonAsync<T>(this Task<Answer<T>> call, Action<Utf8JsonWriter, T> write)
    {
        var value = (await call).OrRefuse();
        return Reply.Json(json => write(json, value));
    }

    internal static async Task<Reply> AsEmptyAsync<T>(this Task<Answer<T>> call)
    {
        _ = (await call).OrRefuse();
        return Reply.Empty;
    }
}
