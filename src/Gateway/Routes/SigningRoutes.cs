using System.Text;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Contract, nonces and partial signatures (http-api §10). The maps pass through as bytes.</summary>
internal static class SigningRoutes
{
    private const string One = "/api/v1/competitions/{competition_id}";
    private const string Entry = One + "/entries/{entry_id}";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Get, One + "/contract", call =>
            call.Competition.ContractAsync(call.Player).AsJsonAsync(ContractJson.Write));
        routes.MapSigned(HttpMethods.Get, One + "/aggregate_nonces", async call =>
        {
            var aggregate = (await call.Competition.AggregateNoncesAsync(call.Player)).OrRefuse();
            return new Reply(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(aggregate.Json), aggregate.Round);
        });
        routes.MapSignedLarge(HttpMethods.Post, Entry + "/public_nonces", ExpectOwnerAsync, call =>
        {
            var (competition, entry, round) = (call.Competition, call.Id("entry_id"), Round(call));
            var map = SigMapText.Whole(call.JsonText());
            return competition.SubmitNoncesAsync(new NoncesRequest(call.Player, entry, round, map)).AsEmptyAsync();
        });
        routes.MapSignedLarge(HttpMethods.Post, Entry + "/final_signatures", ExpectOwnerAsync, call =>
        {
            var (competition, entry, round) = (call.Competition, call.Id("entry_id"), Round(call));
            var (map, psbt) = SigMapText.Signatures(call.JsonText());
            return competition.SubmitSignaturesAsync(new SignaturesRequest(call.Player, entry, round, map, psbt)).AsEmptyAsync();
        });
    }

    /// <summary>Sixteen mebibytes are read only of who has the entry.</summary>
    private static async Task ExpectOwnerAsync(GatewayCall call)
    {
        var (competition, entry) = (call.Competition, call.Id("entry_id"));
        var own = await competition.EntriesOfAsync(call.Player);
        if (!own.Any(candidate => candidate.Id == entry))
        {
            throw new RefusedRequestException("entry_not_found", $"item not found: entry {entry} of this player");
        }
    }

    /// <summary>The round the client means; null is the current one.</summary>
    private static string? Round(GatewayCall call)
        => call.Query("round", 64) is not { } round ? null
            : round.All(char.IsAsciiHexDigit) ? round.ToLowerInvariant()
            : throw new RefusedRequestException("invalid_query", "round must be hex digits");
}
