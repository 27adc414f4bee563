using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Routes;

/// <summary>Is it well? Players and probes get yes or no, the operator every line.</summary>
internal static class HealthRoutes
{
    internal static void MapPublic(IEndpointRouteBuilder routes)
        => routes.MapOpen(HttpMethods.Get, "/api/v1/health_check", async call =>
            IsWell(await LookAsync(call)) ? Reply.Empty : throw new RefusedRequestException("unavailable", "The service is not well"));

    internal static void MapOperator(IEndpointRouteBuilder routes)
        => routes.MapToken(HttpMethods.Get, "/api/v1/health", async call =>
        {
            var lines = await LookAsync(call);
            return Reply.Json(json => Write(json, lines));
        });

    private static ValueTask<ImmutableArray<HealthLine>> LookAsync(GatewayCall call)
        => call.Services.GetRequiredService<ServicesWatch>().LookAsync(call.Aborted);

    private static bool IsWell(ImmutableArray<HealthLine> lines) => lines.All(line => line.Ok || !line.Essential);

    private static void Write(Utf8JsonWriter json, ImmutableArray<HealthLine> lines)
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", IsWell(lines));
        json.WriteStartArray("parts");
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("name", line.Name);
            json.WriteBoolean("ok", line.Ok);
            json.WriteBoolean("essential", line.Essential);
            json.WriteString("detail", line.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
