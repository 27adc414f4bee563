using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>What waits for the operator, and whether new money is taken.</summary>
internal static class ServiceRoutes
{
    private const int LongestId = 300;
    private const int LongestName = 100;
    private const int LongestNote = 1_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapToken(HttpMethods.Get, "/api/v1/holds", async call =>
        {
            var holds = await Service(call).HoldsAsync();
            return Reply.Json(json => HoldJson.WriteAll(json, holds));
        });
        routes.MapToken(HttpMethods.Post, "/api/v1/holds/release", call => Service(call).ReleaseHoldAsync(ParseRelease(call.Fields())).AsEmptyAsync());
        routes.MapToken(HttpMethods.Get, "/api/v1/settle_only", async call =>
        {
            var status = await Service(call).StatusAsync();
            return Reply.Json(json => HoldJson.WriteStatus(json, status));
        });
        routes.MapToken(HttpMethods.Post, "/api/v1/settle_only", call =>
        {
            var body = call.Fields();
            var on = body.Truth("on");
            var word = Word(body, string.Empty);
            return Service(call).SettleOnlyAsync(on, word).AsJsonAsync(HoldJson.WriteStatus);
        });
    }

    private static IServiceGrain Service(GatewayCall call) => call.Grains.GetGrain<IServiceGrain>(0);

    private static OperatorWord ParseRelease(BodyFields body) => Word(body, body.Text("id", LongestId));

    /// <summary>Who says it, and why; whoever has the token may leave both out.</summary>
    private static OperatorWord Word(BodyFields body, string id)
    {
        var by = body.OptionalText("by", LongestName);
        var note = body.OptionalText("note", LongestNote);
        body.Check();
        return new OperatorWord(id, string.IsNullOrWhiteSpace(by) ? "operator" : by, note ?? string.Empty);
    }
}
