using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Escrows: seen, signed into the pool, taken back (docs/escrow.md).</summary>
internal static class EscrowRoutes
{
    private const string Ticket = "/api/v1/competitions/{competition_id}/tickets/{ticket_id}";
    private const int LongestPsbt = 200_000;
    private const int LongestTransaction = 20_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Get, Ticket + "/escrow", call =>
            call.Competition.EscrowAsync(call.Player, call.Id("ticket_id")).AsJsonAsync(EscrowJson.Write));
        routes.MapSigned(HttpMethods.Post, Ticket + "/escrow_refund", call =>
        {
            var body = call.Fields();
            var transaction = body.Text("transaction", LongestTransaction);
            body.Check();
            return call.Competition.RefundEscrowAsync(new EscrowRefundRequest(call.Player, call.Id("ticket_id"), transaction)).AsJsonAsync((json, signature) =>
            {
                json.WriteStartObject();
                json.WriteString("coordinator_signature", signature);
                json.WriteEndObject();
            });
        });
        routes.MapSigned(HttpMethods.Post, "/api/v1/competitions/{competition_id}/entries/{entry_id}/escrow_signature", call =>
        {
            var body = call.Fields();
            var psbt = body.Text("funding_psbt_base64", LongestPsbt);
            body.Check();
            return call.Competition.SignEscrowAsync(new EscrowSignatureRequest(call.Player, call.Id("entry_id"), psbt)).AsEmptyAsync();
        });
    }
}
