using System.Collections.Immutable;
using Coordinator.Oracle;

namespace Coordinator.Simulators.Oracle;

/// <summary>Moves the clock: by seconds, to a time, or both left out to read it.</summary>
internal sealed record ClockBody(double? AdvanceSeconds, DateTimeOffset? Set);

/// <summary>An outcome by number or by ranking.</summary>
internal sealed record AttestBody(int? Outcome, ImmutableArray<int>? Ranking);

/// <summary>The control routes: the world's side of the oracle. No authentication; they belong to the simulator.</summary>
internal sealed class OracleControl(OracleSimulator simulator)
{
    private static readonly TimeSpan FarthestMove = TimeSpan.FromDays(3_650);

    private OracleModel Model => simulator.Model;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Ok(new
        {
            Address = simulator.Address.ToString().TrimEnd('/'),
            PublicKey = Model.PublicKey.ToHex(),
            simulator.Clock.Now,
            Model.Behaviour,
            Events = Model.Export().Events.Select(record => new { record.Terms.Id, Entries = record.Entries.Length, record.Outcome }),
        }));
        routes.MapPost("/clock", (ClockBody body) => OracleRoutes.Guard(() => MoveClock(body)));
        routes.MapPost("/update", () =>
        {
            simulator.Update();
            return Results.Ok(new { simulator.Clock.Now });
        });
        routes.MapPost("/events/{eventId:guid}/sign", (Guid eventId) => OracleRoutes.Guard(() =>
        {
            simulator.SignNow(eventId);
            return State(eventId);
        }));
        routes.MapPost("/events/{eventId:guid}/attest", (Guid eventId, AttestBody body) => OracleRoutes.Guard(() =>
        {
            Model.Attest(eventId, OutcomeOf(eventId, body));
            return State(eventId);
        }));
        routes.MapGet("/events/{eventId:guid}", (Guid eventId) => OracleRoutes.Guard(() => State(eventId)));
        MapWorld(routes);
    }

    private void MapWorld(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/weather/{station}", (string station) => Results.Ok(Model.WeatherOf(station)));
        routes.MapPut("/weather/{station}", (string station, StationWeather body) =>
        {
            Model.SetWeather(station, body);
            return Results.Ok(body);
        });
        routes.MapDelete("/weather/{station}", (string station) =>
        {
            Model.SetWeather(station, null);
            return Results.Ok(Model.WeatherOf(station));
        });
        routes.MapGet("/behaviour", () => Results.Ok(Model.Behaviour));
        routes.MapPut("/behaviour", (OracleBehaviour body) => Results.Ok(Model.Behaviour = body));
        routes.MapPost("/faults", (OracleFault body) =>
        {
            simulator.Faults.Add(body);
            return Results.Ok();
        });
        routes.MapDelete("/faults", () =>
        {
            simulator.Faults.Clear();
            return Results.Ok();
        });
    }

    private IResult MoveClock(ClockBody body)
    {
        if (body.Set is { } time)
        {
            simulator.Clock.Set(time);
        }

        if (body.AdvanceSeconds is { } seconds)
        {
            simulator.Clock.Advance(Math.Abs(seconds) <= FarthestMove.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : throw new OracleRefusedException(400, "advance_seconds is more than ten years"));
        }

        return Results.Ok(new { simulator.Clock.Now });
    }

    private int OutcomeOf(Guid eventId, AttestBody body)
    {
        var shown = Model.GetEvent(eventId, simulator.Clock.Now);
        return body.Outcome
            ?? OutcomeMessages.Of(shown.TotalAllowedEntries, shown.NumberOfPlacesWin).Find((body.Ranking ?? []).AsSpan())
            ?? throw new OracleRefusedException(400, "the outcome is not announced");
    }

    private IResult State(Guid eventId)
    {
        var record = Model.Export().Events.FirstOrDefault(record => record.Terms.Id == eventId)
            ?? throw new OracleRefusedException(404, $"event with id {eventId} not found");
        return Results.Ok(new { record.Terms.Id, Entries = record.Entries.Length, record.Outcome, simulator.Clock.Now });
    }
}
