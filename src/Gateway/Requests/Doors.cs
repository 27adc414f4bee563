using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Limits;
using Coordinator.Nostr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Requests;

/// <summary>The three ways in. Each finds out who calls, reads the body within its limits, then lets the route answer in time.</summary>
internal static class Doors
{
    /// <summary>Anybody.</summary>
    internal static void MapOpen(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var limits = Of<BodyLimits>(context);
            var body = HttpMethods.IsGet(method) ? [] : await ReadAsync(context, limits.Small);
            await AnswerAsync(context, answer, new GatewayCall(context, string.Empty, body, limits.Small));
        });

    /// <summary>Whoever signed the request (NIP-98).</summary>
    internal static void MapSigned(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var login = Identify(context);
            await AnswerAsync(context, answer, await AdmitAsync(context, login, Of<BodyLimits>(context).Small));
        });

    /// <summary>Whoever signed the request, with a body up to the larger limit; few of them at a time.</summary>
    /// <param name="routes">The listener's routes.</param>
    /// <param name="method">The verb.</param>
    /// <param name="path">The route's pattern.</param>
    /// <param name="expect">Refuses, before a byte of the body is read, whoever has nothing to send here.</param>
    /// <param name="answer">The route.</param>
    internal static void MapSignedLarge(
        this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task> expect, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var login = Identify(context);
            var (limits, allowances, player) = (Of<BodyLimits>(context), Of<Allowances>(context), login.Key.ToHex());
            await expect(new GatewayCall(context, player, [], limits.Large));
            allowances.EnterLarge(player);
            try
            {
                using (await InTimeAsync(context, limits.EnterAsync, "busy"))
                {
                    await AnswerAsync(context, answer, await AdmitAsync(context, login, limits.Large));
                }
            }
            finally
            {
                allowances.LeaveLarge(player);
            }
        });

    /// <summary>Whoever has the operator's token.</summary>
    internal static void MapToken(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            RequireToken(context);
            var limit = Of<BodyLimits>(context).Small;
            var body = await ReadAsync(context, limit);
            await AnswerAsync(context, answer, new GatewayCall(context, string.Empty, body, limit));
        });

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>Who signed, and that this key has not asked too often.</summary>
    private static Nip98Login Identify(HttpContext context)
    {
        var login = Of<SignedRequests>(context).Identify(context);
        Of<Allowances>(context).TakeUser(login.Key.ToHex());
        return login;
    }

    private static async Task<GatewayCall> AdmitAsync(HttpContext context, Nip98Login login, BodyLimit limit)
    {
        var body = await ReadAsync(context, limit);
        await Of<SignedRequests>(context).UseUpAsync(login, body);
        return new GatewayCall(context, login.Key.ToHex(), body, limit);
    }

    private static Task<byte[]> ReadAsync(HttpContext context, BodyLimit limit)
        => InTimeAsync(context, cancellation => RequestBody.ReadAsync(context, limit.Bytes, cancellation), "request_timeout");

    /// <summary>Waits for what the client, or others like it, must do, as long as a body may take.</summary>
    private static async Task<T> InTimeAsync<T>(HttpContext context, Func<CancellationToken, Task<T>> wait, string otherwise)
    {
        using var patience = new CancellationTokenSource(Of<GatewayOptions>(context).Limits.BodyTime, Of<TimeProvider>(context));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            return await wait(both.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            throw new RefusedRequestException(otherwise);
        }
    }

    /// <summary>Calls nobody for longer than an answer may take: the caller then hears 503, and may ask again.</summary>
    private static async Task AnswerAsync(HttpContext context, Func<GatewayCall, Task<Reply>> answer, GatewayCall call)
    {
        // Counted from here on: who sends a body slowly holds no place. The operator is not kept out by players.
        var isCounted = context.Features.Get<ListenerFeature>()?.Kind == ListenerKind.Public;
        var allowances = Of<Allowances>(context);
        if (isCounted)
        {
            allowances.Enter();
        }

        Reply reply;
        try
        {
            reply = await answer(call).WaitAsync(Of<GatewayOptions>(context).Limits.AnswerTime, Of<TimeProvider>(context), context.RequestAborted);
        }
        finally
        {
            if (isCounted)
            {
                allowances.Leave();
            }
        }

        await reply.WriteAsync(context);
    }

    private static void RequireToken(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var (allowances, address) = (Of<Allowances>(context), Of<ClientAddresses>(context).Of(context));
        allowances.CheckToken(address);
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0]?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new RefusedRequestException(GatewayError.Of("operator_token_missing") with { IsAuthentication = true });
        }

        if (!Of<OperatorToken>(context).Matches(header[0]![Scheme.Length..]))
        {
            allowances.TakeToken(address);
            throw new RefusedRequestException(GatewayError.Of("operator_token_wrong") with { IsAuthentication = true });
        }
    }
}
