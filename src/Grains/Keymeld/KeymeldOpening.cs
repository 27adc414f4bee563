using System.Collections.Immutable;
using Coordinator.Competitions;
using Coordinator.Keymeld;

namespace Coordinator.Grains;

/// <summary>
/// Makes the key generation session of a new competition, in the creator's call: a competition without one could never be signed, so
/// whatever goes wrong refuses it. Nothing is on disk before; a session that a lost answer left behind lapses by itself.
/// </summary>
public sealed class KeymeldOpening(KeymeldAccess access, IEntropy entropy, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A session with the coordinator registered in it, its enclaves' keys compared with the pinned ones.</summary>
    /// <param name="tickets">Ids of the tickets, which are the players' user ids.</param>
    public async Task<Answer<KeymeldSession>> OpenAsync(CompetitionTerms terms, IReadOnlyList<Guid> tickets, DateTimeOffset now)
    {
        if (access.Gateway is not { } gateway)
        {
            return Refuse(KeymeldAccess.NotConfigured);
        }

        using var limit = new CancellationTokenSource(Patience, clock);
        try
        {
            return await OpenAsync(gateway, terms, Plan(terms, tickets, now), limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Refuse("the gateway took too long");
        }
    }

    /// <summary>The coordinator's id is of the second before: it has to be smaller than every ticket's (keymeld.md §2).</summary>
    private KeygenPlan Plan(CompetitionTerms terms, IReadOnlyList<Guid> tickets, DateTimeOffset now)
    {
        var coordinator = entropy.Uuid7(now.AddSeconds(-1));
        var session = entropy.Uuid7(now);
        return new KeygenPlan(
            session,
            coordinator,
            [coordinator, .. tickets],
            TimeSpan.FromSeconds(Math.Ceiling((terms.SigningDeadline - now + KeymeldLimits.Tail).TotalSeconds)),
            KeymeldLimits.MostBatches,
            WinnerSets.Subsets(session, coordinator, tickets, terms.Places));
    }

    private async Task<Answer<KeymeldSession>> OpenAsync(
        IKeymeldGateway gateway, CompetitionTerms terms, KeygenPlan plan, CancellationToken cancellation)
    {
        using var secret = access.NewSecret();
        if (!(await gateway.ReserveAsync(plan, secret, cancellation) is var reserved && reserved.TryGet(out var reservation)))
        {
            return Refuse($"no session was made: {reserved.Describe()}");
        }

        if (access.Distrust(reservation.Coordinator) is { } distrust)
        {
            return Refuse(distrust);
        }

        if (reservation.ExpiresAt < terms.SigningDeadline)
        {
            return Refuse($"its session would end at {reservation.ExpiresAt:O}, before the signing deadline");
        }

        using var key = access.MarketMakerKey(terms.Id);
        var initialized = await gateway.InitializeAsync(plan, reservation, key, secret, cancellation);
        if (!initialized.TryGet(out _))
        {
            return Refuse($"the session was not initialised: {initialized.Describe()}");
        }

        var (session, problem) = await SeatsAsync(gateway, plan, reservation, secret, cancellation);
        return session is null ? Refuse(problem!) : await RegisterOwnAsync(gateway, terms.Id, session, reservation, secret, cancellation);
    }

    /// <summary>Which enclave holds whose key, each with its pinned key.</summary>
    private async Task<(KeymeldSession? Session, string? Problem)> SeatsAsync(
        IKeymeldGateway gateway, KeygenPlan plan, KeygenReservation reservation, SessionSecret secret, CancellationToken cancellation)
    {
        var slots = await gateway.GetSlotsAsync(plan.Session, secret, cancellation);
        var enclaves = await gateway.GetEnclavesAsync(cancellation);
        if (!slots.TryGet(out var shown) || !enclaves.TryGet(out var known))
        {
            return (null, $"seats or enclaves cannot be read: {slots.Describe()}; {enclaves.Describe()}");
        }

        var seats = ImmutableArray.CreateBuilder<KeymeldSeat>();
        seats.Add(new KeymeldSeat(plan.CoordinatorUser, reservation.Coordinator.Id, null));
        foreach (var ticket in plan.Participants.Where(user => user != plan.CoordinatorUser))
        {
            if (shown.FirstOrDefault(slot => slot.User == ticket && !slot.Claimed) is not { } slot)
            {
                return (null, $"the gateway shows no free seat for ticket {ticket}");
            }

            seats.Add(new KeymeldSeat(ticket, slot.Enclave, null));
        }

        var used = known.Where(enclave => seats.Any(seat => seat.Enclave == enclave.Id)).ToList();
        if (seats.Any(seat => used.TrueForAll(enclave => enclave.Id != seat.Enclave)))
        {
            return (null, "a seat is given to an enclave that has no key");
        }

        return used.Select(enclave => access.Distrust(enclave)).FirstOrDefault(distrust => distrust is not null) is { } why
            ? (null, why)
            : (new KeymeldSession(
                plan.Session, plan.CoordinatorUser, access.Settings.GatewayUrl, access.Seal(plan.Session, secret), reservation.ExpiresAt,
                [.. used.Select(enclave => new KeymeldEnclave(enclave.Id, enclave.Key, enclave.Epoch))], seats.ToImmutable()), null);
    }

    /// <summary>The coordinator's own seat asks for approval: nothing is signed that was not on its own disk first (D13).</summary>
    private async Task<Answer<KeymeldSession>> RegisterOwnAsync(
        IKeymeldGateway gateway, Guid competition, KeymeldSession session, KeygenReservation reservation, SessionSecret secret, CancellationToken cancellation)
    {
        var registration = KeymeldSeats.Own(access, competition, session, reservation.Coordinator);
        var registered = await gateway.RegisterAsync(registration, secret, cancellation);
        if (!registered.TryGet(out _))
        {
            return Refuse($"the coordinator's seat was not registered: {registered.Describe()}");
        }

        var status = await gateway.GetKeygenAsync(session.Id, secret, cancellation);
        return status.TryGet(out var keygen) && keygen.State == KeygenState.CollectingParticipants && keygen.Expected == session.Seats.Length
            ? session with { Seats = session.Seats.SetItem(0, session.Seats[0] with { Epoch = reservation.Coordinator.Epoch }) }
            : Refuse($"the new session is not there: {status.Describe()}");
    }

    private static Problem Refuse(string why)
        => Problems.Unavailable("keymeld_unavailable", $"the signing service cannot take this competition: {why}; try again shortly");
}
