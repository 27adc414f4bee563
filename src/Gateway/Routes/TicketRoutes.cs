using Coordinator.Bitcoin;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Seats (http-api §8).</summary>
internal static class TicketRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Post, "/api/v1/competitions/{competition_id}/ticket", call =>
            call.Competition.RequestTicketAsync(Parse(call)).AsJsonAsync(TicketJson.Write));
        routes.MapSigned(HttpMethods.Get, "/api/v1/competitions/{competition_id}/tickets/{ticket_id}/status", call =>
            call.Competition.TicketStatusAsync(call.Player, call.Id("ticket_id"))
                .AsJsonAsync((json, status) => json.WriteStringValue(status)));
    }

    private static TicketRequest Parse(GatewayCall call)
    {
        var body = call.Fields();
        var key = body.Text("btc_pubkey", 1_000);
        var draft = body.OptionalObject("entry", entry => EntryRoutes.ParseDraft(entry, call.Player));
        body.Check();
        return PublicKey.TryParse(key) is { } point
            ? new TicketRequest(call.Player, point.ToHex(), draft)
            : throw new RefusedRequestException("btc_pubkey", "btc_pubkey must be a compressed public key: 66 hex digits");
    }
}
