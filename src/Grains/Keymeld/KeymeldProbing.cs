using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>
/// Tries the gateway with a throwaway session of two throwaway keys: a second, different registration has to be refused, before and after key
/// generation, and a signing session must not go on before it is approved, but must after. Only then is a session secret safe in players'
/// hands (D13).
/// </summary>
public sealed class KeymeldProbing(KeymeldAccess access, IEntropy entropy, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Every attempt uses a session of its own; an answer that is missing means another attempt.</summary>
    public async Task<EffectResult> ProbeAsync(EffectContext context, CancellationToken cancellation)
    {
        var session = context.Header.Keymeld!;
        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        using var trial = new Trial(access, entropy, session, context.Now);
        var (verdict, unknown) = await TryAsync(gateway, trial, cancellation);
        return verdict is null
            ? EffectResult.Later($"probe of the gateway: {unknown}")
            : EffectResult.Of(new KeymeldProbed(session.Id, verdict.Safe, verdict.Detail, context.Now));
    }

    private async Task<(KeymeldProbe? Verdict, string? Unknown)> TryAsync(IKeymeldGateway gateway, Trial trial, CancellationToken cancellation)
    {
        if (await OpenAsync(gateway, trial, cancellation) is { } unopened)
        {
            return (null, unopened);
        }

        if (await SecondAsync(gateway, trial, "before key generation", cancellation) is var (early, earlyUnknown) && (early ?? (object?)earlyUnknown) is not null)
        {
            return (early, earlyUnknown);
        }

        var other = await gateway.RegisterAsync(trial.Registration(trial.Other, trial.OtherKey, approval: false), trial.Secret, cancellation);
        if (!other.TryGet(out _))
        {
            return (null, other.Describe());
        }

        if (await KeygenAsync(gateway, trial, cancellation) is var (wrong, slow) && (wrong ?? (object?)slow) is not null)
        {
            return (wrong, slow);
        }

        if (await SecondAsync(gateway, trial, "after key generation", cancellation) is var (late, lateUnknown) && (late ?? (object?)lateUnknown) is not null)
        {
            return (late, lateUnknown);
        }

        return await SigningAsync(gateway, trial, cancellation);
    }

    private async Task<string?> OpenAsync(IKeymeldGateway gateway, Trial trial, CancellationToken cancellation)
    {
        var reserved = await gateway.ReserveAsync(trial.Plan, trial.Secret, cancellation);
        if (!reserved.TryGet(out var reservation))
        {
            return reserved.Describe();
        }

        if (access.Distrust(reservation.Coordinator, trial.Of) is { } distrust)
        {
            return distrust;
        }

        var initialized = await gateway.InitializeAsync(trial.Plan, reservation, trial.OwnKey, trial.Secret, cancellation);
        var slots = await gateway.GetSlotsAsync(trial.Plan.Session, trial.Secret, cancellation);
        var enclaves = await gateway.GetEnclavesAsync(cancellation);
        if (!initialized.TryGet(out _) || !slots.TryGet(out var shown) || !enclaves.TryGet(out var known))
        {
            return $"{initialized.Describe()}; {slots.Describe()}; {enclaves.Describe()}";
        }

        var seat = shown.FirstOrDefault(slot => slot.User == trial.Other);
        if (seat is null || known.FirstOrDefault(enclave => enclave.Id == seat.Enclave) is not { } enclave)
        {
            return "the gateway gives no seat";
        }

        if (access.Distrust(enclave, trial.Of) is { } other)
        {
            return other;
        }

        (trial.OwnEnclave, trial.OtherEnclave) = (reservation.Coordinator, enclave);
        var registered = await gateway.RegisterAsync(trial.Registration(trial.Own, trial.OwnKey, approval: true), trial.Secret, cancellation);
        return registered.TryGet(out _) ? null : registered.Describe();
    }

    /// <summary>The thief's registration: the coordinator's id, another key, no approval.</summary>
    private static async Task<(KeymeldProbe? Verdict, string? Unknown)> SecondAsync(
        IKeymeldGateway gateway, Trial trial, string when, CancellationToken cancellation)
        => await gateway.RegisterAsync(trial.Registration(trial.Own, trial.ThiefKey, approval: false), trial.Secret, cancellation) switch
        {
            KeymeldAnswer<Acknowledged>.Done => (new KeymeldProbe(false, $"the gateway took a second registration of one seat {when}"), null),
            KeymeldAnswer<Acknowledged>.Refused { Status: < 500 } => (null, null),
            var unknown => (null, unknown.Describe()),
        };

    private async Task<(KeymeldProbe? Wrong, string? Slow)> KeygenAsync(IKeymeldGateway gateway, Trial trial, CancellationToken cancellation)
    {
        var end = clock.GetUtcNow() + access.Settings.ProbeTime;
        while (true)
        {
            var answer = await gateway.GetKeygenAsync(trial.Plan.Session, trial.Secret, cancellation);
            if (!answer.TryGet(out var keygen))
            {
                return (null, answer.Describe());
            }

            if (keygen.State == KeygenState.Completed)
            {
                return trial.Aggregate.Key.Equals(keygen.Aggregate) ? (null, null) : (new KeymeldProbe(false, "the gateway's aggregate is another one"), null);
            }

            if (clock.GetUtcNow() >= end)
            {
                return (null, "key generation takes too long");
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    private async Task<(KeymeldProbe? Verdict, string? Unknown)> SigningAsync(IKeymeldGateway gateway, Trial trial, CancellationToken cancellation)
    {
        var started = await gateway.StartSigningAsync(trial.Order, trial.Secret, cancellation);
        if (!started.TryGet(out _))
        {
            return (null, started.Describe());
        }

        using var me = new KeymeldParticipant(trial.Plan.Session, trial.Own, trial.OwnKey);
        var unapproved = await WatchAsync(gateway, trial, me, status => status.State != SigningState.CollectingParticipants, cancellation);
        if (unapproved.Status is null)
        {
            return (null, unapproved.Unknown);
        }

        if (unapproved.Status.State != SigningState.CollectingParticipants || !unapproved.Status.RequiringApproval.Contains(trial.Own))
        {
            return (new KeymeldProbe(false, "the gateway went on signing without an approval that it was told to wait for"), null);
        }

        var approved = await gateway.ApproveAsync(trial.Order.Signing, me, cancellation);
        if (!approved.TryGet(out _))
        {
            return (null, approved.Describe());
        }

        var signed = await WatchAsync(gateway, trial, me, status => status.State is SigningState.Completed or SigningState.Failed, cancellation);
        return signed.Status is null ? (null, signed.Unknown)
            : signed.Status.State != SigningState.Completed ? (null, "an approved signing session takes as long as the probe waits: nothing follows from its waiting")
            : trial.IsSigned(signed.Status) ? (new KeymeldProbe(true, "one registration per seat, no signing without approval"), null)
            : (new KeymeldProbe(false, "the gateway's signature does not verify"), null);
    }

    /// <summary>Asks for the status for as long as the probe may last, or until it is what is waited for.</summary>
    private async Task<(SigningStatus? Status, string? Unknown)> WatchAsync(
        IKeymeldGateway gateway, Trial trial, KeymeldParticipant me, Func<SigningStatus, bool> until, CancellationToken cancellation)
    {
        var end = clock.GetUtcNow() + access.Settings.ProbeTime;
        while (true)
        {
            var answer = await gateway.GetSigningAsync(trial.Order.Signing, me, trial.Secret, cancellation);
            if (!answer.TryGet(out var status) || until(status) || clock.GetUtcNow() >= end)
            {
                return (status, answer.Describe());
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    /// <summary>A session of two seats whose keys nobody needs.</summary>
    private sealed class Trial : IDisposable
    {
        private readonly byte[] _message;

        public Trial(KeymeldAccess access, IEntropy entropy, KeymeldSession of, DateTimeOffset now)
        {
            Of = of;
            Secret = access.NewSecret();
            (Own, Other) = (entropy.Uuid7(now.AddSeconds(-1)), entropy.Uuid7(now));
            (OwnKey, OtherKey, ThiefKey) = (NewKey(entropy), NewKey(entropy), NewKey(entropy));
            _message = entropy.Bytes(32);
            Plan = new KeygenPlan(entropy.Uuid7(now), Own, [Own, Other], Lifetime, 1, []);
            Order = new SigningOrder(entropy.Uuid7(now), Plan.Session, Lifetime, [new RemoteItem(entropy.Uuid7(now), _message, null, null)]);
            Aggregate = KeyAggregate.OfSorted([OwnKey.PublicKey, OtherKey.PublicKey]);
        }

        /// <summary>The session whose gateway is tried.</summary>
        public KeymeldSession Of { get; }

        public SessionSecret Secret { get; }

        public Guid Own { get; }

        public Guid Other { get; }

        public SecretKey OwnKey { get; }

        public SecretKey OtherKey { get; }

        public SecretKey ThiefKey { get; }

        public KeygenPlan Plan { get; }

        public SigningOrder Order { get; }

        public KeyAggregate Aggregate { get; }

        public EnclaveKey OwnEnclave { get; set; } = null!;

        public EnclaveKey OtherEnclave { get; set; } = null!;

        public SeatRegistration Registration(Guid user, SecretKey key, bool approval)
        {
            var enclave = user == Own ? OwnEnclave : OtherEnclave;
            var (encrypted, auth) = SeatKeys.Prepare(key, Plan.Session, enclave.Key);
            return new SeatRegistration(Plan.Session, user, encrypted, key.PublicKey, PublicKey.Parse(auth), enclave, approval);
        }

        public bool IsSigned(SigningStatus status) => status.Results.Values.SingleOrDefault() is RemoteSignature.Plain plain
            && Secp256k1.SchnorrVerify(Aggregate.XOnly, _message, plain.Signature64);

        public void Dispose()
        {
            Secret.Dispose();
            OwnKey.Dispose();
            OtherKey.Dispose();
            ThiefKey.Dispose();
        }

        private static SecretKey NewKey(IEntropy entropy)
        {
            while (true)
            {
                if (SecretKey.TryFrom(entropy.Bytes(32)) is { } key)
                {
                    return key;
                }
            }
        }
    }
}
