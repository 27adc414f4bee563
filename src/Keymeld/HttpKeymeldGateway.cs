using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld;

/// <summary>A gateway of protocol 0.3 over HTTP. Does not ask which version it talks to; <see cref="KeymeldConnection"/> does.</summary>
/// <param name="http">Its base address is not used; its own timeout should be longer than the options'. Its handler should not follow
/// redirects.</param>
/// <param name="options">Where the gateway is.</param>
/// <param name="clock">Times requests.</param>
public sealed class HttpKeymeldGateway(HttpClient http, KeymeldOptions options, TimeProvider clock) : IKeymeldGateway
{
    private readonly GatewayHttp _http = new(http, options, clock);

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<GatewayVersion>> GetVersionAsync(CancellationToken cancellation)
        => Read(await _http.GetAsync("/version", null, cancellation), KeymeldJson.Default.VersionBody, body
            => new GatewayVersion(body.Service, body.Version, body.ApiVersion, body.AuthorizationProtocolVersion));

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<ImmutableArray<EnclaveKey>>> GetEnclavesAsync(CancellationToken cancellation)
        => Read(await _http.GetAsync("/enclaves", null, cancellation), KeymeldJson.Default.EnclavesBody, AnswerReader.Enclaves);

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<EnclaveKey>> GetEnclaveAsync(int enclave, CancellationToken cancellation)
        => Read(
            await _http.GetAsync($"/enclaves/{enclave}/public-key", null, cancellation), KeymeldJson.Default.EnclaveKeyBody, body
            => body.EnclaveId == enclave
                ? new EnclaveKey(enclave, AnswerReader.Point(body.PublicKey), AnswerReader.Epoch(body.KeyEpoch), body.Healthy)
                : throw new JsonException("the answer is another enclave"));

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<KeygenReservation>> ReserveAsync(KeygenPlan plan, SessionSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RefuseWhere(plan.Complaints(), nameof(plan));
        var body = Write(RequestWriter.Reserve(plan, secret), KeymeldJson.Default.ReserveRequest);
        var answer = await _http.PostAsync("/keygen/reserve", null, body, cancellation);
        return Read(answer, KeymeldJson.Default.ReserveAnswer, read => AnswerReader.Reservation(read, plan));
    }

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<Acknowledged>> InitializeAsync(
        KeygenPlan plan, KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(reservation);
        var body = Write(RequestWriter.Initialize(reservation, coordinatorKey, secret), KeymeldJson.Default.InitializeRequest);
        var answer = await _http.PostAsync($"/keygen/{UuidText.Of(plan.Session)}/initialize", null, body, cancellation);
        return Read(answer, KeymeldJson.Default.InitializeAnswer, read =>
        {
            AnswerReader.Same(read.KeygenSessionId, plan.Session, "session");
            return read.SessionPublicKey.AsSpan().SequenceEqual(secret.PublicKey.Bytes)
                ? default(Acknowledged)
                : throw new JsonException("the gateway holds another session key: somebody else initialised the session");
        });
    }

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<ImmutableArray<KeygenSlot>>> GetSlotsAsync(
        Guid session, SessionSecret secret, CancellationToken cancellation)
        => Read(
            await _http.GetAsync($"/keygen/{UuidText.Of(session)}/slots", () => SessionHeaderOf(secret, session), cancellation),
            KeymeldJson.Default.SlotsAnswer, body => AnswerReader.Slots(body, session));

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<Acknowledged>> RegisterAsync(
        SeatRegistration registration, SessionSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var session = registration.Session;
        var body = Write(RequestWriter.Register(registration, secret), KeymeldJson.Default.RegisterRequest);
        var answer = await _http.PostAsync(
            $"/keygen/{UuidText.Of(session)}/participants", SessionHeaderOf(secret, session), body, cancellation);
        return Read(answer, KeymeldJson.Default.RegisterAnswer, read =>
        {
            AnswerReader.Same(read.KeygenSessionId, session, "session");
            AnswerReader.Same(read.UserId, registration.User, "user");
            return read.RequireSigningApproval == registration.RequireApproval
                ? default(Acknowledged)
                : throw new JsonException("the seat was registered with another approval policy than asked for");
        });
    }

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<KeygenStatus>> GetKeygenAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => Read(
            await _http.GetAsync($"/keygen/{UuidText.Of(session)}/status", () => SessionHeaderOf(secret, session), cancellation),
            KeymeldJson.Default.KeygenStatusAnswer, body => AnswerReader.Keygen(body, session, secret));

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<Acknowledged>> StartSigningAsync(
        SigningOrder order, SessionSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        RefuseWhere(order.Complaints(), nameof(order));
        var body = Write(RequestWriter.Signing(order, secret), KeymeldJson.Default.SigningRequest);
        var answer = await _http.PostAsync("/signing", SessionHeaderOf(secret, order.Keygen), body, cancellation);
        return Read(answer, KeymeldJson.Default.SigningAnswer, read =>
        {
            AnswerReader.Same(read.SigningSessionId, order.Signing, "signing");
            AnswerReader.Same(read.KeygenSessionId, order.Keygen, "session");
            return default(Acknowledged);
        });
    }

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<SigningStatus>> GetSigningAsync(
        Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(me);
        var path = $"/signing/{UuidText.Of(signing)}/status/{UuidText.Of(me.User)}";
        return Read(
            await _http.GetAsync(path, () => (ParticipantAuth.HeaderName, me.Header(signing)), cancellation),
            KeymeldJson.Default.SigningStatusAnswer, body => ResultReader.Signing(body, signing, me.KeygenSession, secret));
    }

    /// <inheritdoc/>
    public async Task<KeymeldAnswer<Acknowledged>> ApproveAsync(Guid signing, KeymeldParticipant me, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(me);
        var path = $"/signing/{UuidText.Of(signing)}/approve/{UuidText.Of(me.User)}";
        var answer = await _http.PostAsync(path, (ParticipantAuth.HeaderName, me.Header(signing)), null, cancellation);
        return answer.Then(_ => (KeymeldAnswer<Acknowledged>)new KeymeldAnswer<Acknowledged>.Done(default));
    }

    private static (string Name, string Value) SessionHeaderOf(SessionSecret secret, Guid session)
        => (SessionHeader.Name, SessionHeader.Create(secret, session));

    private static void RefuseWhere(IEnumerable<string> complaints, string parameter)
    {
        if (string.Join("; ", complaints) is { Length: > 0 } all)
        {
            throw new ArgumentException(all, parameter);
        }
    }

    private static byte[] Write<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    private static KeymeldAnswer<T> Read<TBody, T>(
        KeymeldAnswer<ReadOnlyMemory<byte>> answer, JsonTypeInfo<TBody> type, Func<TBody, T> read)
        where TBody : class
        => answer.Then<T>(json =>
        {
            try
            {
                var body = JsonSerializer.Deserialize(json.Span, type) ?? throw new JsonException("the answer is null");
                return new KeymeldAnswer<T>.Done(read(body));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
            {
                var detail = (exception as JsonException)?.Message ?? "not valid text";
                return new KeymeldAnswer<T>.Unclear($"the answer cannot be used: {ErrorText.Line(detail)}");
            }
        });
}
