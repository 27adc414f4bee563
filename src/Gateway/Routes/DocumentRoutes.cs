using Coordinator.Gateway.OpenApi;
using Coordinator.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>What each listener can be asked, as OpenAPI.</summary>
internal static class DocumentRoutes
{
    private const string Path = "/openapi/v1.json";

    internal static void MapPublic(IEndpointRouteBuilder routes) => routes.MapOpen(HttpMethods.Get, Path, _ => Of(ListenerKind.Public));

    internal static void MapOperator(IEndpointRouteBuilder routes) => routes.MapToken(HttpMethods.Get, Path, _ => Of(ListenerKind.Operator));

    private static Task<Reply> Of(ListenerKind listener)
        => Task.FromResult(new Reply(StatusCodes.Status200OK, ApiDocument.Of(listener)) { IsRevalidated = true });
}
