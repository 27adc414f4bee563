namespace Coordinator.Simulators.Keymeld;

/// <summary>Moves the gateway's clock: by seconds, to an offset, or both left out to read it.</summary>
internal sealed record KeymeldClockBody(double? AdvanceSeconds, double? OffsetSeconds);

/// <summary>What happens to an enclave; what is left out stays as it is.</summary>
internal sealed record EnclaveBodyChange(bool? Down, int? SlowTicks, bool? SwapKey, bool? Restart, bool? NewKey);

/// <summary>The control routes: the world's side of gateway and enclaves. No authentication; they belong to the simulator.</summary>
internal sealed class KeymeldControl(KeymeldSimulator simulator, TimeProvider time)
{
    private const double FarthestSeconds = 86_400 * 3_650.0;

    private KeymeldModel Model => simulator.Model;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Ok(State()));
        routes.MapGet("/counters", () => Results.Ok(simulator.Counters.Now));
        routes.MapPost("/clock", (KeymeldClockBody body) => MoveClock(body));
        routes.MapGet("/behaviour", () => Results.Ok(Model.Behaviour));
        routes.MapPut("/behaviour", (KeymeldBehaviour body) => Results.Ok(Model.Behaviour = body));
        routes.MapPost("/behaviour/lenient", () => Results.Ok(
            Model.Behaviour = Model.Behaviour with { Leniency = KeymeldLeniency.All }));
        routes.MapPost("/enclaves/{enclave:int}", (int enclave, EnclaveBodyChange body) => ChangeEnclave(enclave, body));
        routes.MapPost("/restart", () =>
        {
            Model.Restart();
            return Results.Ok(State());
        });
        routes.MapPost("/faults", (KeymeldFault body) =>
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

    private object State()
    {
        var document = Model.Export();
        return new
        {
            Address = simulator.Address.ToString().TrimEnd('/'),
            Now = time.GetUtcNow() + Model.ClockOffset,
            document.Behaviour,
            Model.StolenSecrets,
            Enclaves = document.Enclaves.Select(enclave => new
            {
                enclave.Id,
                PublicKey = enclave.PublicKey.ToHex(),
                AnnouncedKey = enclave.AnnouncedKey.ToHex(),
                enclave.Epoch,
                enclave.Down,
                enclave.SlowTicks,
            }),
            Keygens = document.Keygens.Values.Select(keygen => new
            {
                keygen.Id,
                keygen.Coordinator,
                Stage = keygen.Stage.ToString(),
                Expected = keygen.Expected.Length,
                Registered = keygen.Registrations.Count,
                keygen.ExpiresAt,
            }),
            Signings = document.Signings.Values.Select(signing => new
            {
                signing.Id,
                signing.KeygenId,
                Items = signing.Items.Length,
                Approved = signing.Approved.Count,
                IsCompleted = signing.Results is not null,
                signing.Failure,
                signing.ExpiresAt,
            }),
        };
    }

    private IResult MoveClock(KeymeldClockBody body)
    {
        var seconds = (body.OffsetSeconds ?? Model.ClockOffset.TotalSeconds) + (body.AdvanceSeconds ?? 0);
        if (!(Math.Abs(seconds) <= FarthestSeconds))
        {
            return Refuse("the clock would be more than ten years off", 400);
        }

        Model.ClockOffset = TimeSpan.FromSeconds(seconds);
        return Results.Ok(new { OffsetSeconds = seconds, Now = time.GetUtcNow() + Model.ClockOffset });
    }

    private IResult ChangeEnclave(int enclave, EnclaveBodyChange body)
    {
        try
        {
            if (body.Down is { } isDown)
            {
                Model.SetDown(enclave, isDown);
            }

            if (body.SlowTicks is { } ticks)
            {
                Model.SetSlow(enclave, ticks);
            }

            if (body.SwapKey is { } isSwapped)
            {
                Model.SwapKey(enclave, isSwapped);
            }

            if (body.Restart == true || body.NewKey == true)
            {
                Model.RestartEnclave(enclave, body.NewKey == true, time.GetUtcNow());
            }

            return Results.Ok(State());
        }
        catch (KeymeldRefusedException refused)
        {
            return Refuse(refused.Message, refused.Status);
        }
    }

    private static IResult Refuse(string error, int status) => Results.Json(new { error }, statusCode: status);
}
