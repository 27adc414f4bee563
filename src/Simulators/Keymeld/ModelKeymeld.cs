using System.Collections.Immutable;
using System.Net;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;

namespace Coordinator.Simulators.Keymeld;

/// <summary>The port on the model without a wire: for the deterministic simulation and for grain tests. The real client talks to the real
/// routes in process, so exactly what the wire would carry is written and read. Plays the same scripted faults; there is no quick repeat,
/// so one fault is one answer.</summary>
/// <remarks>Everything happens on the caller's thread before the call returns (delays apart), the enclaves' work too: whatever ticks the
/// clock has made since the last call are made first.</remarks>
public sealed class ModelKeymeld : IKeymeldGateway, IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpKeymeldGateway _gateway;
    private readonly KeymeldFaults _faults;
    private readonly TimeProvider _time;

    /// <param name="model">Gateway and enclaves.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="time">The world's clock; the model's offset comes on top.</param>
    public ModelKeymeld(KeymeldModel model, KeymeldFaults faults, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(faults);
        ArgumentNullException.ThrowIfNull(time);
        (_faults, _time) = (faults, time);
        model.CatchUp(time.GetUtcNow());
        _http = new HttpClient(new InProcessHandler(model, faults, time)) { Timeout = Timeout.InfiniteTimeSpan };
        _gateway = new HttpKeymeldGateway(
            _http, new KeymeldOptions { BaseAddress = new Uri("http://keymeld.invalid"), ReadAttempts = 1 }, time);
    }

    /// <inheritdoc/>
    public Task<KeymeldAnswer<GatewayVersion>> GetVersionAsync(CancellationToken cancellation)
        => CallAsync("GET", "/version", () => _gateway.GetVersionAsync(cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<ImmutableArray<EnclaveKey>>> GetEnclavesAsync(CancellationToken cancellation)
        => CallAsync("GET", "/enclaves", () => _gateway.GetEnclavesAsync(cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<EnclaveKey>> GetEnclaveAsync(int enclave, CancellationToken cancellation)
        => CallAsync("GET", $"/enclaves/{enclave}/public-key", () => _gateway.GetEnclaveAsync(enclave, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<KeygenReservation>> ReserveAsync(KeygenPlan plan, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("POST", "/keygen/reserve", () => _gateway.ReserveAsync(plan, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> InitializeAsync(
        KeygenPlan plan, KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret, CancellationToken cancellation)
        => CallAsync(
            "POST", $"/keygen/{plan.Session}/initialize",
            () => _gateway.InitializeAsync(plan, reservation, coordinatorKey, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<ImmutableArray<KeygenSlot>>> GetSlotsAsync(
        Guid session, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("GET", $"/keygen/{session}/slots", () => _gateway.GetSlotsAsync(session, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> RegisterAsync(
        SeatRegistration registration, SessionSecret secret, CancellationToken cancellation)
        => CallAsync(
            "POST", $"/keygen/{registration.Session}/participants", () => _gateway.RegisterAsync(registration, secret, cancellation),
            cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<KeygenStatus>> GetKeygenAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("GET", $"/keygen/{session}/status", () => _gateway.GetKeygenAsync(session, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> StartSigningAsync(
        SigningOrder order, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("POST", "/signing", () => _gateway.StartSigningAsync(order, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<SigningStatus>> GetSigningAsync(
        Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
        => CallAsync(
            "GET", $"/signing/{signing}/status/{me.User}", () => _gateway.GetSigningAsync(signing, me, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> ApproveAsync(Guid signing, KeymeldParticipant me, CancellationToken cancellation)
        => CallAsync(
            "POST", $"/signing/{signing}/approve/{me.User}", () => _gateway.ApproveAsync(signing, me, cancellation), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Delays are waited for here, on the caller's scheduler: below, an HTTP client would go on with a thread of its own.</summary>
    private async Task<T> CallAsync<T>(string method, string path, Func<Task<T>> call, CancellationToken cancellation)
    {
        if (_faults.Take(method, path, delays: true) is { } delay)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(delay.DelayMilliseconds), _time, cancellation);
        }

        return await call();
    }

    /// <summary>Answers requests out of the model.</summary>
    private sealed class InProcessHandler(KeymeldModel model, KeymeldFaults faults, TimeProvider time) : HttpMessageHandler
    {
        private readonly KeymeldApi _api = new(model);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var fault = faults.Take(request.Method.Method, path, delays: false);
            switch (fault?.Kind)
            {
                case KeymeldFaultKind.Status:
                    return Response(KeymeldReply.Error(fault.StatusCode, "scripted_fault", "scripted fault", time.GetUtcNow()));
                case KeymeldFaultKind.DropBefore:
                    throw new IOException("scripted fault: no answer");
                default:
                    break;
            }

            var body = await KeymeldBody.ReadAsync(request.Content, cancellationToken);
            var call = new KeymeldCall(
                request.Method.Method, path,
                name => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null,
                request.Content?.Headers.ContentType?.MediaType, body ?? []);
            model.CatchUp(time.GetUtcNow());
            var reply = body is null ? KeymeldBody.TooLarge : _api.Handle(call, time.GetUtcNow());
            return fault?.Kind == KeymeldFaultKind.DropAfter
                ? throw new IOException("scripted fault: the answer is lost")
                : Response(KeymeldBody.Spoil(fault, reply, time.GetUtcNow()));
        }

        private static HttpResponseMessage Response(KeymeldReply reply)
        {
            var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new ByteArrayContent(reply.Body) };
            if (reply.ContentType.Length > 0)
            {
                response.Content.Headers.TryAddWithoutValidation("Content-Type", reply.ContentType);
            }

            return response;
        }
    }
}
