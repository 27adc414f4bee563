using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordinator.Nostr;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>The oracle's own HTTP API.</summary>
internal sealed class OracleRoutes(OracleSimulator simulator, Authentication authentication)
{
    private OracleModel Model => simulator.Model;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/oracle/pubkey", () => Json(new KeyBody(Convert.ToBase64String(Model.PublicKey.Bytes)), OracleJson.Default.KeyBody));
        routes.MapGet("/oracle/npub", () => Json(new KeyBody(Nip19.EncodePublicKey(Model.PublicKey.XOnly)), OracleJson.Default.KeyBody));
        routes.MapGet("/oracle/events", (int? limit) => Json(
            [.. Model.List(simulator.Clock.Now).Take(limit ?? int.MaxValue)], OracleJson.Default.ImmutableArrayEventSummaryBody));
        routes.MapGet("/oracle/events/{eventId:guid}", (Guid eventId) => Guard(() =>
            Json(Model.GetEvent(eventId, simulator.Clock.Now), OracleJson.Default.EventBody)));
        routes.MapGet("/oracle/events/{eventId:guid}/entries/{entryId:guid}", (Guid eventId, Guid entryId) => Guard(() =>
            Json(Model.GetEntry(eventId, entryId), OracleJson.Default.EntryBody)));
        routes.MapPost("/oracle/events", CreateAsync);
        routes.MapPost("/oracle/events/{eventId:guid}/entries", AddEntriesAsync);
        routes.MapPost("/oracle/update", () =>
        {
            simulator.Update();
            return Results.Ok();
        });
        new WeatherRoutes(simulator).Map(routes);
    }

    internal static IResult Json<T>(T body, JsonTypeInfo<T> type)
        => Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(body, type), "application/json");

    internal static IResult Guard(Func<IResult> run)
    {
        try
        {
            return run();
        }
        catch (OracleRefusedException refused)
        {
            return Results.Json(new ErrorBody(refused.Message), OracleJson.Default.ErrorBody, statusCode: refused.Status);
        }
    }

    private Task<IResult> CreateAsync(HttpRequest request) => SignedAsync(request, OracleJson.Default.CreateEventBody, (body, login) =>
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return Json(Model.Create(body.ToTerms(), login.Key, salt, simulator.Clock.Now), OracleJson.Default.EventBody);
    });

    private Task<IResult> AddEntriesAsync(Guid eventId, HttpRequest request)
        => SignedAsync(request, OracleJson.Default.AddEntriesBody, (body, login) =>
        body.EventId == eventId
            ? Json(Model.AddEntries(body, login.Key, simulator.Clock.Now), OracleJson.Default.ImmutableArrayEntryBody)
            : throw EventRules.BadEntry("the event id of the path is not the one of the body"));

    private async Task<IResult> SignedAsync<T>(HttpRequest request, JsonTypeInfo<T> type, Func<T, Nip98Login, IResult> run)
        where T : class
    {
        var (signed, error) = await authentication.ReadAsync(request);
        if (signed is null)
        {
            return Results.Json(new { error = new { type = error!.Type, detail = error.Detail } }, statusCode: error.Status);
        }

        if (!request.HasJsonContentType())
        {
            return Results.Text("Expected request with `Content-Type: application/json`",
                statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        return Parse(signed.Body, type, out var refusal) is { } body ? Guard(() => run(body, signed.Login)) : refusal!;
    }

    /// <summary>The body, or the framework's plain texts: 400 for syntax, 422 for shape.</summary>
    private static T? Parse<T>(byte[] json, JsonTypeInfo<T> type, out IResult? refusal)
        where T : class
    {
        refusal = null;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            try
            {
                if (document.RootElement.Deserialize(type) is { } body)
                {
                    return body;
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Falls through: the shape is wrong.
            }

            refusal = Results.Text("Failed to deserialize the JSON body into the target type",
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (JsonException)
        {
            refusal = Results.Text("Failed to parse the request body as JSON", statusCode: StatusCodes.Status400BadRequest);
        }

        return null;
    }
}
