using Coordinator.Gateway.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Requests;

/// <summary>The three ways in. Each reads the body within its limit, finds out who calls, then lets the route answer.</summary>
internal static class Doors
{
    /// <summary>Anybody.</summary>
    internal static void MapOpen(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var reply = await answer(new GatewayCall(context, string.Empty, [], BodyLimit.Small));
            await reply.WriteAsync(context);
        });

    /// <summary>Whoever signed the request (NIP-98).</summary>
    internal static void MapSigned(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var reply = await answer(await AdmitAsync(context, BodyLimit.Small));
            await reply.WriteAsync(context);
        });

    /// <summary>Whoever signed the request, with a body up to <see cref="BodyLimit.Large"/>; few of them at a time.</summary>
    internal static void MapSignedLarge(
        this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            var call = await AdmitAsync(context, BodyLimit.Large);
            Reply reply;
            using (await context.RequestServices.GetRequiredService<LargeBodies>().EnterAsync(context.RequestAborted))
            {
                reply = await answer(call);
            }

            await reply.WriteAsync(context);
        });

    /// <summary>Whoever has the operator's token.</summary>
    internal static void MapToken(this IEndpointRouteBuilder routes, string method, string path, Func<GatewayCall, Task<Reply>> answer)
        => routes.MapMethods(path, [method], async context =>
        {
            RequireToken(context);
            var body = await RequestBody.ReadAsync(context, BodyLimit.Small);
            var reply = await answer(new GatewayCall(context, string.Empty, body, BodyLimit.Small));
            await reply.WriteAsync(context);
        });

    private static async Task<GatewayCall> AdmitAsync(HttpContext context, int limit)
    {
        var signed = context.RequestServices.GetRequiredService<SignedRequests>();
        signed.Precheck(context);
        var body = await RequestBody.ReadAsync(context, limit);
        return new GatewayCall(context, await signed.AdmitAsync(context, body), body, limit);
    }

    private static void RequireToken(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0]?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new RefusedRequestException(GatewayError.Of("operator_token_missing") with { IsAuthentication = true });
        }

        if (!context.RequestServices.GetRequiredService<OperatorToken>().Matches(header[0]![Scheme.Length..]))
        {
            throw new RefusedRequestException(GatewayError.Of("operator_token_wrong") with { IsAuthentication = true });
        }
    }
}
