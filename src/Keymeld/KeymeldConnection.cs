using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>
/// A gateway whose version is asked for before it is relied on: at the first call, and again after every call that had no clear answer,
/// since the gateway may have been replaced meanwhile. Making one needs no gateway. An unknown version answers every call with
/// <see cref="KeymeldAnswer{T}.Refused"/> 501 and a sentence that names it. Safe to use from several threads.
/// </summary>
/// <param name="http">As for <see cref="HttpKeymeldGateway"/>.</param>
/// <param name="options">Where the gateway is; validated here.</param>
/// <param name="clock">Times requests.</param>
public sealed class KeymeldConnection(HttpClient http, KeymeldOptions options, TimeProvider clock) : IKeymeldGateway
{
    /// <summary>The status of every refusal because of the gateway's version; no gateway sends it.</summary>
    public const int UnsupportedStatus = 501;

    private readonly HttpKeymeldGateway _gateway03 = Make(http, options, clock);
    private volatile bool _isKnown;

    /// <inheritdoc/>
    public Task<KeymeldAnswer<GatewayVersion>> GetVersionAsync(CancellationToken cancellation) => _gateway03.GetVersionAsync(cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<ImmutableArray<EnclaveKey>>> GetEnclavesAsync(CancellationToken cancellation)
        => AskAsync(gateway => gateway.GetEnclavesAsync(cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<EnclaveKey>> GetEnclaveAsync(int enclave, CancellationToken cancellation)
        => AskAsync(gateway => gateway.GetEnclaveAsync(enclave, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<KeygenReservation>> ReserveAsync(KeygenPlan plan, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.ReserveAsync(plan, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> InitializeAsync(
        KeygenPlan plan, KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.InitializeAsync(plan, reservation, coordinatorKey, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<ImmutableArray<KeygenSlot>>> GetSlotsAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.GetSlotsAsync(session, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> RegisterAsync(
        SeatRegistration registration, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.RegisterAsync(registration, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<KeygenStatus>> GetKeygenAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.GetKeygenAsync(session, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> StartSigningAsync(SigningOrder order, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.StartSigningAsync(order, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<SigningStatus>> GetSigningAsync(
        Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
        => AskAsync(gateway => gateway.GetSigningAsync(signing, me, secret, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<KeymeldAnswer<Acknowledged>> ApproveAsync(Guid signing, KeymeldParticipant me, CancellationToken cancellation)
        => AskAsync(gateway => gateway.ApproveAsync(signing, me, cancellation), cancellation);

    private static HttpKeymeldGateway Make(HttpClient http, KeymeldOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new HttpKeymeldGateway(http, options, clock);
    }

    private async Task<KeymeldAnswer<T>> AskAsync<T>(Func<IKeymeldGateway, Task<KeymeldAnswer<T>>> ask, CancellationToken cancellation)
    {
        if (!_isKnown)
        {
            var checkedVersion = Check(await _gateway03.GetVersionAsync(cancellation));
            if (checkedVersion is not KeymeldAnswer<Acknowledged>.Done)
            {
                // Nothing was sent yet, so an unclear answer here leaves nothing unclear.
                return checkedVersion is KeymeldAnswer<Acknowledged>.Unclear unclear
                    ? new KeymeldAnswer<T>.TryLater($"the gateway does not say its version: {unclear.Detail}")
                    : checkedVersion.Then<T>(_ => throw new InvalidOperationException("not reached"));
            }

            _isKnown = true;
        }

        var answer = await ask(_gateway03);
        if (answer is KeymeldAnswer<T>.TryLater or KeymeldAnswer<T>.Unclear)
        {
            _isKnown = false;
        }

        return answer;
    }

    private static KeymeldAnswer<Acknowledged> Check(KeymeldAnswer<GatewayVersion> version) => version switch
    {
        KeymeldAnswer<GatewayVersion>.Done { Value: var value } => KeymeldProtocol.Refusal(value) is { } refusal
            ? new KeymeldAnswer<Acknowledged>.Refused(UnsupportedStatus, refusal)
            : new KeymeldAnswer<Acknowledged>.Done(default),
        KeymeldAnswer<GatewayVersion>.Refused refused => new KeymeldAnswer<Acknowledged>.Refused(
            UnsupportedStatus, $"the gateway does not say its version: {refused.Detail}"),
        _ => version.Then(_ => (KeymeldAnswer<Acknowledged>)new KeymeldAnswer<Acknowledged>.Done(default)),
    };
}
