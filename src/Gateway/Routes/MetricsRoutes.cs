using Coordinator.Gateway.Metering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Routes;

/// <summary>The scrapers' page.</summary>
internal static class MetricsRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapMethods("/metrics", [HttpMethods.Get], async context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await context.Response.WriteAsync(context.RequestServices.GetRequiredService<MetricsText>().Render(), context.RequestAborted);
        });
}
