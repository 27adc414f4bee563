using System.Collections.Immutable;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Lists;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Routes;

/// <summary>Competitions: everybody reads, the operator creates, cancels and releases.</summary>
internal static class CompetitionRoutes
{
    private const string All = "/api/v1/competitions";
    private const string One = "/api/v1/competitions/{competition_id}";
    private const int MostStations = 1_000;
    private const int LongestStation = 32;
    private const int LongestReason = 500;

    internal static void MapPublic(IEndpointRouteBuilder routes)
    {
        routes.MapOpen(HttpMethods.Get, All, async call =>
            Reply.Page(await call.Services.GetRequiredService<CompetitionLists>().PageAsync(ListQuery.Read(call))));
        routes.MapOpen(HttpMethods.Get, One, async call =>
            (await call.Competition.GetAsync().AsJsonAsync(CompetitionJson.Write)) with { IsRevalidated = true });
    }

    internal static void MapOperator(IEndpointRouteBuilder routes)
    {
        routes.MapToken(HttpMethods.Post, All, call =>
        {
            var terms = ParseTerms(call.Fields());
            return call.Grains.GetGrain<ICompetitionGrain>(terms.Id).CreateAsync(terms).AsJsonAsync(CompetitionJson.Write);
        });
        routes.MapToken(HttpMethods.Get, One + "/pending", call => call.Competition.GetAsync().AsJsonAsync(CompetitionJson.WritePending));
        routes.MapToken(HttpMethods.Post, One + "/delete", call => call.Competition.DeleteAsync().AsEmptyAsync());
        routes.MapToken(HttpMethods.Get, "/api/v1/problems", async call => Reply.Json(new OperatorJson(await ListAsync(call)).WriteProblems));
        routes.MapToken(HttpMethods.Get, "/api/v1/funds", async call => Reply.Json(new OperatorJson(await ListAsync(call)).WriteFunds));
        routes.MapToken(HttpMethods.Get, "/api/v1/owed", async call => Reply.Json(OwedJson.Write(await OwedAsync(call))));
        routes.MapToken(HttpMethods.Post, One + "/cancel", call =>
            call.Competition.CancelAsync(ParseReason(call)).AsJsonAsync(CompetitionJson.Write));
        routes.MapToken(HttpMethods.Post, One + "/entries/{entry_id}/release_share", call =>
            call.Competition.ReleaseShareAsync(call.Id("entry_id")).AsJsonAsync(CompetitionJson.Write));
    }

    private static async Task<ImmutableArray<CompetitionView>> ListAsync(GatewayCall call)
        => [.. (await call.Grains.GetGrain<IDirectoryGrain>(0).ListAsync()).Where(view => !view.Deleted)];

    /// <summary>Only competitions whose outcome is confirmed are asked.</summary>
    private static async Task<ImmutableArray<(CompetitionView View, OwedShareView Share)>> OwedAsync(GatewayCall call)
    {
        var owed = ImmutableArray.CreateBuilder<(CompetitionView, OwedShareView)>();
        foreach (var view in (await ListAsync(call)).Where(view => view is { Outcome: not null, State: not "completed" }))
        {
            var shares = await call.Grains.GetGrain<ICompetitionGrain>(view.Submission.Id).OwedAsync();
            owed.AddRange(shares.Select(share => (view, share)));
        }

        return owed.ToImmutable();
    }

    /// <summary>The create body (http-api §7.1): only its shape; whether the terms are playable is for the rules.</summary>
    private static CreateCompetition ParseTerms(BodyFields body)
    {
        var terms = new CreateCompetition(
            body.Id("id"),
            body.Time("signing_date"),
            body.Time("start_observation_date"),
            body.Time("end_observation_date"),
            body.Texts("locations", MostStations, LongestStation),
            body.Number("number_of_values_per_entry"),
            body.Number("number_of_places_win"),
            body.Number("total_allowed_entries"),
            body.Number("entry_fee", 0, Bitcoin.Satoshis.MaxValue),
            body.Number("coordinator_fee_percentage"),
            body.Number("total_competition_pool", 0, Bitcoin.Satoshis.MaxValue),
            (int?)body.OptionalNumber("relative_locktime_block_delta", 0, ushort.MaxValue))
        {
            SettlementDepth = (int?)body.OptionalNumber("settlement_depth", 0, ushort.MaxValue),
            Escrow = body.OptionalTruth("escrow"),
            EscrowRefundBlocks = (int?)body.OptionalNumber("escrow_refund_blocks", 0, ushort.MaxValue),
        };
        body.Check();
        return terms;
    }

    private static string ParseReason(GatewayCall call)
    {
        const string Unsaid = "cancelled by the operator";
        if (!call.HasBody)
        {
            return Unsaid;
        }

        var body = call.Fields();
        var reason = body.OptionalText("reason", LongestReason);
        body.Check();
        return string.IsNullOrWhiteSpace(reason) ? Unsaid : reason;
    }
}
