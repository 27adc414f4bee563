using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Routes;

/// <summary>Entries (http-api §9).</summary>
internal static class EntryRoutes
{
    private const int MostStations = 1_000;
    private const int LongestStation = 32;
    private const int LongestSecret = 8_192;
    private const int MostEvents = 100;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSigned(HttpMethods.Post, "/api/v1/entries", call =>
        {
            var (competition, entry) = Parse(call);
            return call.Grains.GetGrain<ICompetitionGrain>(competition).SubmitEntryAsync(entry).AsJsonAsync(EntryJson.Write);
        });
        routes.MapSigned(HttpMethods.Get, "/api/v1/entries", ListAsync);
    }

    private static async Task<Reply> ListAsync(GatewayCall call)
    {
        var wanted = ParseEvents(call);
        var known = await call.Grains.GetGrain<IPlayerGrain>(call.Player).CompetitionsAsync();
        var lists = new List<EntryView>();
        foreach (var some in known.Where(id => wanted is null || wanted.Contains(id)).Chunk(8))
        {
            var answers = await Task.WhenAll(some.Select(id => call.Grains.GetGrain<ICompetitionGrain>(id).EntriesOfAsync(call.Player)));
            lists.AddRange(answers.SelectMany(entries => entries));
        }

        // Ids are UUIDv7: their first 48 bits are the time of creation. Equal times keep the order of the grains.
        var ordered = lists.OrderBy(entry => entry.Id.ToString("N")[..12], StringComparer.Ordinal).ToImmutableArray();
        return Reply.Json(json =>
        {
            json.WriteStartArray();
            foreach (var entry in ordered)
            {
                EntryJson.Write(json, entry);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>The competitions asked for, or null for all.</summary>
    private static HashSet<Guid>? ParseEvents(GatewayCall call)
    {
        var one = call.Query("event_id", 36);
        var many = call.Query("event_ids", MostEvents * 37);
        if (one is null && many is null)
        {
            return null;
        }

        var ids = new HashSet<Guid>();
        foreach (var text in $"{one},{many}".Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ids.Add(Guid.TryParseExact(text, "D", out var id)
                ? id
                : throw new RefusedRequestException("invalid_query", "event_id and event_ids take UUIDs, separated by commas"));
        }

        return ids;
    }

    private static (Guid Competition, EntryRequest Entry) Parse(GatewayCall call)
    {
        var body = call.Fields();
        var competition = body.Id("event_id");
        var (id, ticket) = (body.Id("id"), body.Id("ticket_id"));
        var entry = Parse(body, call.Player, id, ticket);
        body.Check();
        return (competition, entry);
    }

    /// <summary>A draft that comes with a ticket request: its ticket is the one that is reserved, its id the offered one unless it names another.</summary>
    internal static EntryRequest ParseDraft(BodyFields draft, string player) => Parse(draft, player, draft.OptionalId("id") ?? Guid.Empty, Guid.Empty);

    /// <summary>What an entry and a draft have in common. Complaints are the body's: check them before the entry is used.</summary>
    private static EntryRequest Parse(BodyFields body, string player, Guid id, Guid ticket)
    {
        var (key, hash) = (body.Text("ephemeral_pubkey", 1_000), body.Text("payout_hash", 1_000));
        var sealedKey = body.Text("ephemeral_privatekey_encrypted", LongestSecret);
        var sealedPreimage = body.Text("payout_preimage_encrypted", LongestSecret);
        var picks = body.Objects("expected_observations", MostStations, ParsePicks);
        var keymeldKey = body.OptionalText("encrypted_keymeld_private_key", LongestSecret);
        var keymeldAuth = body.OptionalText("keymeld_auth_pubkey", 256);
        var proof = body.OptionalText("ephemeral_pubkey_proof", 256);
        body.Check();
        var point = PublicKey.TryParse(key)
            ?? throw new RefusedRequestException("ephemeral_pubkey", "ephemeral_pubkey must be a compressed public key: 66 hex digits");
        return Hex.TryDecode(hash, 32, out var payoutHash)
            ? new EntryRequest(player, id, ticket, point.ToHex(), sealedKey, Hex.Encode(payoutHash), sealedPreimage, picks, keymeldKey, keymeldAuth, proof)
            : throw new RefusedRequestException("payout_hash", "payout_hash must be 64 hex digits");
    }

    private static StationPicksMessage ParsePicks(BodyFields picks)
        => new(picks.Text("stations", LongestStation), Pick(picks, "wind_speed"), Pick(picks, "temp_high"), Pick(picks, "temp_low"));

    private static string? Pick(BodyFields picks, string name)
        => picks.OptionalText(name, 8) is not { } pick ? null
            : pick is "Over" or "Par" or "Under" ? pick
            : picks.Complain<string?>(name, "expected Over, Par or Under", null);
}
