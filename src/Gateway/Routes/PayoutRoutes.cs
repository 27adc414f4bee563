using Coordinator.Bitcoin;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Payouts (http-api §11, D19): an invoice, or after its payment the key alone. Secrets are only checked for their
/// form.</summary>
internal static class PayoutRoutes
{
    private const int LongestInvoice = 4_096;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapSigned(HttpMethods.Post, "/api/v1/competitions/{competition_id}/entries/{entry_id}/payout", call =>
        {
            var (competition, request) = (call.Competition, Parse(call));
            return competition.RequestPayoutAsync(request).AsEmptyAsync();
        });

    private static PayoutRequest Parse(GatewayCall call)
    {
        var entry = call.Id("entry_id");
        var body = call.Fields();
        var ticket = body.Id("ticket_id");
        var invoice = body.OptionalText("ln_invoice", LongestInvoice);
        var key = body.OptionalText("ephemeral_private_key", 1_000);
        var preimage = body.OptionalText("payout_preimage", 1_000);
        var trusts = body.OptionalTruth("trusts_coordinator");
        body.Check();
        if (invoice is null ? key is null : invoice.Length == 0)
        {
            throw new RefusedRequestException("invalid_invoice", "Invalid lightning invoice");
        }

        return new PayoutRequest(
            call.Player,
            entry,
            ticket,
            invoice,
            Secret(key, "invalid_key", "Invalid private key: expected 64 hex digits"),
            Secret(preimage, "invalid_preimage", "Invalid payout preimage: expected 64 hex digits"),
            trusts);
    }

    private static string? Secret(string? text, string code, string detail)
        => text is null ? null
            : Hex.TryDecode(text, 32, out var bytes) ? Hex.Encode(bytes)
            : throw new RefusedRequestException(code, detail);
}
