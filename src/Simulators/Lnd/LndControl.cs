using System.Globalization;
using System.Text.Json;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>The control listener: what a player's wallet does (pay, invoice, balance), and what a script does to the world. No
/// authentication:
/// it listens on loopback and belongs to the simulator, not to LND.</summary>
internal sealed class LndControl(LndSimulator simulator, TimeProvider clock)
{
    private const int DefaultCltvExpiry = 24;
    private const long DefaultFeeLimitMsat = 100_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private LndModel Model => simulator.Model;

    public static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower;
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Ok(new
        {
            Model.Height,
            Nodes = Model.NodeNames,
            GrpcAddress = simulator.GrpcAddress.ToString().TrimEnd('/'),
            simulator.CertificatePath,
        }));
        routes.MapPut("/nodes/{name}", (string name, NodeBody body) => Guard(() =>
            Results.Ok(ToNode(simulator.EnsureNode(name, body.BalanceSats, body.InboundSats ?? 100_000_000)))));
        routes.MapGet("/nodes/{name}", (string name) => Guard(() =>
            Model.FindNode(name) is { } view ? Results.Ok(ToNode(view)) : Missing("no such node")));
        routes.MapPost("/nodes/{name}/pay", PayAsync);
        routes.MapGet("/nodes/{name}/payments/{hash}", PaymentAsync);
        routes.MapPost("/nodes/{name}/invoices", (string name, InvoiceBody body) => Guard(() => AddInvoice(name, body)));
        routes.MapGet("/nodes/{name}/invoices/{hash}", (string name, string hash) => Guard(() =>
            Results.Ok(ToInvoice(Model.LookupInvoice(name, HashOf(hash))))));
        routes.MapPost("/nodes/{name}/invoices/{hash}/cancel", (string name, string hash) => Guard(() =>
        {
            Model.CancelInvoice(name, HashOf(hash));
            return Results.Ok(ToInvoice(Model.LookupInvoice(name, HashOf(hash))));
        }));
        routes.MapPost("/nodes/{name}/invoices/{hash}/settle", (string name, string hash, SettleBody body) => Guard(() =>
        {
            Model.SettleInvoice(name, Preimage.TryParse(body.Preimage) ?? throw new LndCallException(3, "preimage must be 64 hex digits"));
            return Results.Ok(ToInvoice(Model.LookupInvoice(name, HashOf(hash))));
        }));
        MapScripts(routes);
    }

    private void MapScripts(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/control/height", (HeightBody body) => Guard(() =>
        {
            Model.SetHeight(body.Height, body.BlockHash);
            return Results.Ok(new { Model.Height });
        }));
        routes.MapPost("/control/synced", (SyncedBody body) => Guard(() =>
        {
            Model.SyncedToChain = body.Synced;
            return Results.Ok(new { Model.SyncedToChain });
        }));
        routes.MapPost("/control/auto-cancel", (HashBody body) => Guard(() =>
            Results.Ok(new { Canceled = Model.AutoCancel(HashOf(body.Hash)) })));
        routes.MapPost("/control/stick", (HashBody body) => Guard(() =>
        {
            Model.Stick(HashOf(body.Hash));
            return Results.Ok(new { });
        }));
        routes.MapPost("/control/release", (FailureBody body) => Guard(() =>
        {
            Model.Release(HashOf(body.Hash), FailureOf(body.Failure ?? "none"));
            return Results.Ok(new { });
        }));
        routes.MapPost("/control/fail-next", (FailureBody body) => Guard(() =>
        {
            Model.FailNext(HashOf(body.Hash), FailureOf(body.Failure ?? "no_route"));
            return Results.Ok(new { });
        }));
        MapServerScripts(routes);
    }

    private void MapServerScripts(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/control/faults", (FaultBody body) => Guard(() =>
        {
            simulator.Faults.Script(new LndFault(
                body.Method, Named<LndFaultKind>(body.Kind), body.Count ?? 1, TimeSpan.FromMilliseconds(body.DelayMs ?? 0),
                body.Status ?? 14, body.Text ?? "scripted", body.After ?? 0));
            return Results.Ok(new { });
        }));
        routes.MapDelete("/control/faults", () =>
        {
            simulator.Faults.Clear();
            return Results.Ok(new { });
        });
        routes.MapPost("/control/state", (StateBody body) => Guard(() =>
        {
            simulator.ServerState = Named<LndServerState>(body.State);
            return Results.Ok(new { });
        }));
        routes.MapPost("/control/disconnect-streams", (DisconnectBody body) => Guard(() =>
        {
            simulator.DisconnectStreams(body.WithOk ?? false);
            return Results.Ok(new { });
        }));
    }

    private IResult AddInvoice(string name, InvoiceBody body)
    {
        if (body.AmountSats is < 0 or > 2_100_000_000_000_000)
        {
            throw new LndCallException(3, "amount_sats is out of range");
        }

        if (body.Preimage is not null && body.PaymentHash is not null)
        {
            throw new LndCallException(3, "give a preimage or a payment_hash, not both");
        }

        var preimage = body.Preimage is null ? null
            : Preimage.TryParse(body.Preimage) ?? throw new LndCallException(3, "preimage must be 64 hex digits");
        var invoice = Model.AddInvoice(name, new SimulatedInvoiceOrder(
            body.PaymentHash is null ? null : HashOf(body.PaymentHash), preimage, body.AmountSats * 1_000, body.ExpirySeconds ?? 3_600,
            body.CltvExpiry ?? DefaultCltvExpiry, body.Memo ?? ""));
        return Results.Ok(ToInvoice(invoice));
    }

    private Task<IResult> PayAsync(string name, PayBody body, CancellationToken cancellation) => GuardAsync(async () =>
    {
        if (body.AmountSats is < 0 or > 2_100_000_000_000_000 || body.FeeLimitSats is < 0 or > 2_100_000_000_000_000)
        {
            throw new LndCallException(3, "an amount is out of range");
        }

        var payment = Model.Pay(name, new SimulatedPayOrder(
            body.PaymentRequest ?? "", (body.AmountSats ?? 0) * 1_000, body.FeeLimitSats * 1_000 ?? DefaultFeeLimitMsat, CltvLimit: 0));
        return Results.Ok(ToPayment(await WaitAsync(name, payment.Hash, body.WaitMs, cancellation)));
    });

    private Task<IResult> PaymentAsync(string name, string hash, HttpContext http) => GuardAsync(async () =>
    {
        int? wait = int.TryParse(http.Request.Query["wait_ms"], CultureInfo.InvariantCulture, out var asked) ? asked : null;
        return Results.Ok(ToPayment(await WaitAsync(name, HashOf(hash), wait, http.RequestAborted)));
    });

    /// <summary>The payment once it is final, or as it is after the wait.</summary>
    private async Task<SimulatedPayment> WaitAsync(string name, PaymentHash hash, int? waitMs, CancellationToken cancellation)
    {
        using var feed = new LndFeed(Model, name);
        var payment = Model.TrackPayment(name, hash);
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(waitMs ?? 0, 0, LongestWait.TotalMilliseconds));
        if (payment.Status != PaymentStatus.InFlight || wait == TimeSpan.Zero)
        {
            return payment;
        }

        using var timer = new CancellationTokenSource(wait, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        try
        {
            await foreach (var change in feed.ReadAllAsync(both.Token))
            {
                if (change.Payment is { } next && next.Hash == hash && next.Status != PaymentStatus.InFlight)
                {
                    return next;
                }
            }
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            // Not final yet: say how it stands.
        }

        return Model.TrackPayment(name, hash);
    }

    private object ToNode(LndNodeView view) => new
    {
        view.Name,
        view.PublicKey,
        BalanceSats = view.LocalMsat / 1_000,
        BalanceMsat = view.LocalMsat,
        HeldOutgoingSats = view.HeldOutgoingMsat / 1_000,
        HeldIncomingSats = view.HeldIncomingMsat / 1_000,
        InboundSats = view.RemoteMsat / 1_000,
        MacaroonPath = simulator.MacaroonPathOf(view.Name),
    };

    private object ToPayment(SimulatedPayment payment) => new
    {
        PaymentHash = payment.Hash.ToString(),
        Status = payment.Status switch
        {
            PaymentStatus.Succeeded => "succeeded",
            PaymentStatus.Failed => "failed",
            _ => Model.IsHeldByPayee(payment) ? "accepted" : "in_flight",
        },
        Preimage = payment.Preimage?.RevealHex(),
        FailureReason = payment.Status == PaymentStatus.Failed ? Word(payment.Failure) : null,
        AmountSats = payment.ValueMsat / 1_000,
        payment.FeeMsat,
    };

    private static object ToInvoice(SimulatedInvoice invoice) => new
    {
        PaymentHash = invoice.Hash.ToString(),
        invoice.PaymentRequest,
        State = Word(invoice.State),
        AmountSats = invoice.ValueMsat / 1_000,
        PaidSats = invoice.PaidMsat / 1_000,
    };

    private static PaymentHash HashOf(string? hex) =>
        PaymentHash.TryParse(hex, out var hash) ? hash : throw new LndCallException(3, "a payment hash has 64 hex digits");

    private static PaymentFailure FailureOf(string name) => Named<PaymentFailure>(name);

    private static T Named<T>(string? name)
        where T : struct, Enum => Enum.TryParse<T>((name ?? "").Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var value)
            && Enum.IsDefined(value)
            ? value
            : throw new LndCallException(3, $"'{name}' is none of {string.Join(", ", Enum.GetValues<T>().Select(Word))}");

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static IResult Missing(string text) => Results.Json(new { Error = text }, statusCode: 404);

    private static IResult Guard(Func<IResult> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is LndCallException or ArgumentException)
        {
            return Problem(e);
        }
    }

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is LndCallException or ArgumentException)
        {
            return Problem(e);
        }
    }

    private static IResult Problem(Exception e) => Results.Json(
        new { Error = e.Message }, statusCode: (e as LndCallException)?.Code switch { 5 => 404, 6 => 409, _ => 400 });
}
