using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;

namespace Coordinator.Simulation;

/// <summary>The signing gateway as the service reaches it.</summary>
internal sealed class FaultyKeymeld(IKeymeldGateway inner, PortCalls calls) : IKeymeldGateway
{
    public Task<KeymeldAnswer<GatewayVersion>> GetVersionAsync(CancellationToken cancellation)
        => CallAsync("GetVersion", "", () => inner.GetVersionAsync(CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<ImmutableArray<EnclaveKey>>> GetEnclavesAsync(CancellationToken cancellation)
        => CallAsync("GetEnclaves", "", () => inner.GetEnclavesAsync(CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<EnclaveKey>> GetEnclaveAsync(int enclave, CancellationToken cancellation)
        => CallAsync("GetEnclave", $"{enclave}", () => inner.GetEnclaveAsync(enclave, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<KeygenReservation>> ReserveAsync(KeygenPlan plan, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("Reserve", Short(plan.Session), () => inner.ReserveAsync(plan, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<Acknowledged>> InitializeAsync(
        KeygenPlan plan, KeygenReservation reservation, SecretKey coordinatorKey, SessionSecret secret, CancellationToken cancellation)
        => CallAsync(
            "Initialize", Short(plan.Session), () => inner.InitializeAsync(plan, reservation, coordinatorKey, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<ImmutableArray<KeygenSlot>>> GetSlotsAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("GetSlots", Short(session), () => inner.GetSlotsAsync(session, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<Acknowledged>> RegisterAsync(SeatRegistration registration, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("Register", Short(registration.User), () => inner.RegisterAsync(registration, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<KeygenStatus>> GetKeygenAsync(Guid session, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("GetKeygen", Short(session), () => inner.GetKeygenAsync(session, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<Acknowledged>> StartSigningAsync(SigningOrder order, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("StartSigning", Short(order.Signing), () => inner.StartSigningAsync(order, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<SigningStatus>> GetSigningAsync(
        Guid signing, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
        => CallAsync("GetSigning", Short(signing), () => inner.GetSigningAsync(signing, me, secret, CancellationToken.None), cancellation);

    public Task<KeymeldAnswer<Acknowledged>> ApproveAsync(Guid signing, KeymeldParticipant me, CancellationToken cancellation)
        => CallAsync("Approve", Short(signing), () => inner.ApproveAsync(signing, me, CancellationToken.None), cancellation);

    private static string Short(Guid id) => id.ToString()[^8..];

    private Task<KeymeldAnswer<T>> CallAsync<T>(string method, string about, Func<Task<KeymeldAnswer<T>>> act, CancellationToken cancellation)
        => calls.CallAsync<KeymeldAnswer<T>>(
            method, about, act,
            failure => failure switch
            {
                CallFailure.Cancelled => throw new OperationCanceledException(cancellation),
                CallFailure.NotReached => new KeymeldAnswer<T>.TryLater("simulated: not reached"),
                _ => new KeymeldAnswer<T>.Unclear("simulated: no answer"),
            },
            answer => answer.Describe(), cancellation);
}
