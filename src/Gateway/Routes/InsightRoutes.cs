using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Routes;

/// <summary>What operators look at: one competition's story, the services outside, the actors inside.</summary>
internal static class InsightRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapToken(
            HttpMethods.Get, "/api/v1/competitions/{competition_id}/story", call => call.Competition.StoryAsync().AsJsonAsync(StoryJson.Write));
        routes.MapToken(HttpMethods.Get, "/api/v1/services", async call =>
        {
            var lines = await call.Services.GetRequiredService<ServicesWatch>().TellAsync(call.Aborted);
            return Reply.Json(json => InsightJson.WriteServices(json, lines));
        });
        routes.MapToken(HttpMethods.Get, "/api/v1/grains", async call =>
        {
            var report = await LookAsync(call);
            return Reply.Json(json => InsightJson.WriteGrains(json, report));
        });
    }

    /// <summary>A host without a report has nothing to tell.</summary>
    private static async Task<GrainReport> LookAsync(GatewayCall call)
        => call.Services.GetService<IGrainReport>() is { } report
            ? await report.LookAsync(call.Aborted)
            : new GrainReport([], 0, call.Time.GetUtcNow(), []);
}
