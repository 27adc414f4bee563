using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>Compares what the service has made of the registered keys with the accepted entries, before and after signing (D13).</summary>
public sealed class KeymeldKeygen(KeymeldAccess access, IContractWork work, IEntropy entropy)
{
    /// <summary>Look only: complete and right, or not yet, and where an enclave began anew, whose registration has to be made again.</summary>
    public async Task<EffectResult> CompleteAsync(EffectContext context, CancellationToken cancellation)
    {
        var session = context.Header.Keymeld!;
        if (access.Gateway is not { } gateway)
        {
            return EffectResult.Later(KeymeldAccess.NotConfigured);
        }

        using var secret = access.Secret(session);
        var answer = await gateway.GetKeygenAsync(session.Id, secret, cancellation);
        if (!answer.TryGet(out var keygen))
        {
            return Unread(answer, session, context.Now);
        }

        if (keygen.State != KeygenState.Completed)
        {
            return keygen.State == KeygenState.Failed
                ? EffectResult.Of(new KeymeldBurned(session.Id, "key generation has failed", context.Now))
                : await WaitAsync(gateway, session, secret, context.Now, cancellation);
        }

        if (await work.RunAsync(() => Problem(context.Header, session, keygen)) is { } problem)
        {
            return EffectResult.Of(new KeymeldBurned(session.Id, problem, context.Now));
        }

        var batches = ContractBatches.Count(context.Terms.Entries, context.Terms.Places);
        return EffectResult.Of(new KeygenChecked(session.Id, [.. Enumerable.Range(0, batches).Select(_ => entropy.Uuid7(context.Now))], context.Now));
    }

    /// <summary>Null where the session is complete with exactly the contract's keys; else the result to end the attempt with.</summary>
    internal async Task<EffectResult?> AgainAsync(
        IKeymeldGateway gateway, EffectContext context, SessionSecret secret, CancellationToken cancellation)
    {
        var (session, now) = (context.Header.Keymeld!, context.Now);
        var answer = await gateway.GetKeygenAsync(session.Id, secret, cancellation);
        return !answer.TryGet(out var keygen) ? Unread(answer, session, now)
            : await work.RunAsync(() => Problem(context.Header, session, keygen)) is { } problem ? EffectResult.Of(new KeymeldBurned(session.Id, problem, now))
            : null;
    }

    /// <summary>The first difference between the service's aggregates and those of the accepted keys; null where there is none.</summary>
    private string? Problem(Header header, KeymeldSession session, KeygenStatus status)
    {
        var seats = session.Tickets().ToList();
        var keys = seats.ToDictionary(seat => seat, seat => header.Roster.Find(seat)!.Entry!.Key);
        keys[session.CoordinatorUser] = header.MarketMaker;
        var plan = new KeygenPlan(
            session.Id, session.CoordinatorUser, [session.CoordinatorUser, .. seats], KeygenPlan.LongestTimeout, null,
            WinnerSets.Subsets(session.Id, session.CoordinatorUser, seats, header.Terms.Places));
        return AggregateCheck.Problems(plan, keys, status, Cores.UpTo(work.Cores)) is [var first, ..] ? first : null;
    }

    /// <summary>Everybody was registered and still it is not complete: a seat may be free again, or registered for an epoch that is over.</summary>
    private async Task<EffectResult> WaitAsync(
        IKeymeldGateway gateway, KeymeldSession session, SessionSecret secret, DateTimeOffset now, CancellationToken cancellation)
    {
        var enclaves = await gateway.GetEnclavesAsync(cancellation);
        var slots = await gateway.GetSlotsAsync(session.Id, secret, cancellation);
        if (!enclaves.TryGet(out var known) || !slots.TryGet(out var shown))
        {
            return EffectResult.Later($"key generation is not complete; {enclaves.Describe()}; {slots.Describe()}");
        }

        foreach (var enclave in known.Where(enclave => session.Enclaves.Any(pinned => pinned.Id == enclave.Id)))
        {
            if (access.Distrust(enclave, session) is { } distrust)
            {
                return EffectResult.Of(new KeymeldBurned(session.Id, distrust, now));
            }
        }

        var stale = session.Seats.Where(seat => shown.Any(slot => slot.User == seat.User && !slot.Claimed)
            || known.Any(enclave => enclave.Id == seat.Enclave && enclave.Epoch != seat.Epoch));
        return EffectResult.Later("key generation is not complete", [.. stale.Select(seat => new SeatStale(session.Id, seat.User, now))]);
    }

    private static EffectResult Unread(KeymeldAnswer<KeygenStatus> answer, KeymeldSession session, DateTimeOffset now)
        => answer is KeymeldAnswer<KeygenStatus>.Refused { IsNotFound: true }
            ? EffectResult.Of(new KeymeldBurned(session.Id, "the gateway does not know the session any more", now))
            : EffectResult.Later($"key generation: {answer.Describe()}");
}
