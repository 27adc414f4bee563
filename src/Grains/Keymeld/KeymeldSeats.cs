using System.Collections.Immutable;
using Coordinator.Competitions;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>Registers keys with the signing service as soon as their entries count, and again where an enclave began a new epoch.</summary>
public sealed class KeymeldSeats(KeymeldAccess access)
{
    /// <summary>Look: whether the seat is claimed. Act: register. An identical registration may be repeated.</summary>
    public async Task<EffectResult> RegisterAsync(RegisterSeat effect, EffectContext context, CancellationToken cancellation)
    {
        if (context.Header.Keymeld is not { } session || session.Seat(effect.User) is not { } seat)
        {
            return EffectResult.Of();
        }

        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        var answer = await gateway.GetEnclaveAsync(seat.Enclave, cancellation);
        if (!answer.TryGet(out var enclave))
        {
            return EffectResult.Later($"enclave {seat.Enclave}: {answer.Describe()}");
        }

        if (access.Distrust(enclave, session) is { } distrust)
        {
            return EffectResult.Of(new KeymeldBurned(session.Id, distrust, context.Now));
        }

        using var secret = access.Secret(session);
        var entry = context.Header.Roster.Find(seat.User)?.Entry;
        var registered = new SeatRegistered(session.Id, seat.User, entry?.Id, enclave.Epoch, context.Now);
        if (!seat.Before && await LookAsync(gateway, session, seat, secret, registered, cancellation) is { } seen)
        {
            return seen;
        }

        var registration = entry is null ? Own(access, context.Id, session, enclave) : Of(session, seat, entry, enclave);
        return await SendAsync(gateway, registration, secret, seat, registered, cancellation);
    }

    /// <summary>The coordinator's registration: always with approval (D13).</summary>
    internal static SeatRegistration Own(KeymeldAccess access, Guid competition, KeymeldSession session, EnclaveKey enclave)
    {
        using var key = access.MarketMakerKey(competition);
        var (encrypted, auth) = SeatKeys.Prepare(key, session.Id, enclave.Key);
        return new SeatRegistration(
            session.Id, session.CoordinatorUser, encrypted, key.PublicKey, Bitcoin.PublicKey.Parse(auth), enclave, RequireApproval: true);
    }

    private static SeatRegistration Of(KeymeldSession session, KeymeldSeat seat, Entry entry, EnclaveKey enclave) => new(
        session.Id, seat.User, entry.RemoteSigning!.EncryptedPrivateKey, entry.Key, Bitcoin.PublicKey.Parse(entry.RemoteSigning.AuthPubkey), enclave,
        RequireApproval: false);

    /// <summary>What an earlier attempt achieved; null where the seat is free. Whose key it really is shows when the aggregates are compared; for
    /// which epoch it was registered nobody tells: 0, so that it is made again should key generation wait for it.</summary>
    private static async Task<EffectResult?> LookAsync(
        IKeymeldGateway gateway, KeymeldSession session, KeymeldSeat seat, SessionSecret secret, SeatRegistered registered, CancellationToken cancellation)
    {
        var slots = await gateway.GetSlotsAsync(session.Id, secret, cancellation);
        switch (slots)
        {
            case KeymeldAnswer<ImmutableArray<KeygenSlot>>.Done { Value: var shown }:
                return shown.Any(slot => slot.User == seat.User && !slot.Claimed) ? null : EffectResult.Of(registered with { Epoch = 0 });
            case KeymeldAnswer<ImmutableArray<KeygenSlot>>.Refused { IsNotFound: true }:
                return Lost(registered);
            case KeymeldAnswer<ImmutableArray<KeygenSlot>>.Refused:
                var status = await gateway.GetKeygenAsync(session.Id, secret, cancellation);
                return status.TryGet(out var keygen) && keygen.State == KeygenState.Completed
                    ? EffectResult.Of(registered)
                    : EffectResult.Later($"seats cannot be read: {slots.Describe()}; {status.Describe()}");
            default:
                return EffectResult.Later($"seats cannot be read: {slots.Describe()}");
        }
    }

    private static async Task<EffectResult> SendAsync(
        IKeymeldGateway gateway, SeatRegistration registration, SessionSecret secret, KeymeldSeat seat, SeatRegistered registered,
        CancellationToken cancellation)
    {
        var sent = await gateway.RegisterAsync(registration, secret, cancellation);
        if (sent.TryGet(out _))
        {
            return EffectResult.Of(registered);
        }

        if (sent is not KeymeldAnswer<Acknowledged>.Refused { Status: < 500 } refused)
        {
            return EffectResult.Later($"registration: {sent.Describe()}");
        }

        if (refused.IsNotFound)
        {
            return Lost(registered);
        }

        // Key generation may have completed between the question and the registration: then the seat is taken, by whom shows later.
        var status = await gateway.GetKeygenAsync(registered.Session, secret, cancellation);
        if (!status.TryGet(out var keygen) || keygen.State == KeygenState.Completed)
        {
            return keygen is null ? EffectResult.Later($"registration: {sent.Describe()}; {status.Describe()}") : EffectResult.Of(registered);
        }

        // A refusal may be about an epoch that changed between the question and the registration: then it is worth another try.
        var again = await gateway.GetEnclaveAsync(seat.Enclave, cancellation);
        return !again.TryGet(out var now) || now.Epoch != registration.Enclave.Epoch ? EffectResult.Later($"registration: {sent.Describe()}")
            : registered.Entry is { } entry ? EffectResult.Of(new SeatRefused(registered.Session, seat.User, entry, refused.Detail, registered.At))
            : EffectResult.Of(new KeymeldBurned(registered.Session, $"the coordinator's own seat was refused: {refused.Detail}", registered.At));
    }

    private static EffectResult Lost(SeatRegistered registered)
        => EffectResult.Of(new KeymeldBurned(registered.Session, "the gateway does not know the session any more", registered.At));
}
