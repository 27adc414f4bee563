using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Cli.Processes;
using Coordinator.Dlc;
using Coordinator.Keymeld;

namespace Coordinator.Cli;

/// <summary>What one contract took.</summary>
/// <param name="Items">Signatures that were made and verified.</param>
/// <param name="Keygen">From the reservation to the comparison of all aggregates, every registration included.</param>
/// <param name="Signing">From the first order to the contract's verified signatures.</param>
internal sealed record KeymeldBenchResult(int Items, TimeSpan Keygen, TimeSpan Signing)
{
    public TimeSpan Total => Keygen + Signing;
}

/// <summary>Signs one contract through a gateway as the coordinator does: one key generation session, the items spread over signing sessions,
/// eight of them open at once, each approved, each verified.</summary>
internal sealed class KeymeldBenchRun(IKeymeldGateway gateway, int players, int places, TimeProvider clock)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(80);

    /// <exception cref="CommandFailedException">The gateway refused, or what it made does not verify.</exception>
    public async Task<KeymeldBenchResult> PlayAsync(CancellationToken cancellation)
    {
        using var secret = SessionSecret.Generate();
        using var marketMaker = BenchContract.MarketMaker();
        var keys = BenchContract.Players(players);
        var dlc = TicketedDlc.Create(BenchContract.Parameters(players, places), BenchContract.Funding(), Cores.All);
        var items = SigningItems.Of(dlc);
        var plan = Plan();
        var start = clock.GetTimestamp();
        await GenerateAsync(plan, marketMaker, keys, secret, cancellation);
        var keygen = clock.GetElapsedTime(start);
        start = clock.GetTimestamp();
        await SignAsync(plan, items, marketMaker, secret, cancellation);
        var signing = clock.GetElapsedTime(start);
        foreach (var key in keys)
        {
            key.Dispose();
        }

        return new KeymeldBenchResult(items.Count, keygen, signing);
    }

    private KeygenPlan Plan()
    {
        var now = clock.GetUtcNow();
        var coordinator = Guid.CreateVersion7(now.AddSeconds(-1));
        ImmutableArray<Guid> seats = [.. Enumerable.Range(0, players).Select(seat => Guid.CreateVersion7(now.AddMilliseconds(seat)))];
        var session = Guid.CreateVersion7(now);
        return new KeygenPlan(session, coordinator, [coordinator, .. seats], Lifetime, 100, WinnerSets.Subsets(session, coordinator, seats, places));
    }

    private async Task GenerateAsync(KeygenPlan plan, SecretKey marketMaker, SecretKey[] keys, SessionSecret secret, CancellationToken cancellation)
    {
        var reservation = Done(await gateway.ReserveAsync(plan, secret, cancellation), "the reservation");
        Done(await gateway.InitializeAsync(plan, reservation, marketMaker, secret, cancellation), "the initialisation");
        var slots = Done(await gateway.GetSlotsAsync(plan.Session, secret, cancellation), "the seats");
        var enclaves = Done(await gateway.GetEnclavesAsync(cancellation), "the enclaves").ToDictionary(enclave => enclave.Id);
        await RegisterAsync(plan, plan.CoordinatorUser, marketMaker, reservation.Coordinator, approval: true, secret, cancellation);
        await Parallel.ForAsync(0, keys.Length, Limits(cancellation), async (player, stop) =>
        {
            var user = plan.Participants[player + 1];
            var enclave = enclaves[slots.Single(slot => slot.User == user).Enclave];
            await RegisterAsync(plan, user, keys[player], enclave, approval: false, secret, stop);
        });
        var status = await PollAsync(
            () => gateway.GetKeygenAsync(plan.Session, secret, cancellation), status => status.State == KeygenState.Completed, "key generation", cancellation);
        var accepted = plan.Participants.Zip([marketMaker, .. keys]).ToDictionary(seat => seat.First, seat => seat.Second.PublicKey);
        if (AggregateCheck.Problems(plan, accepted, status, Cores.All) is { IsEmpty: false } problems)
        {
            throw new CommandFailedException($"the enclaves' keys are not ours: {problems[0]}");
        }
    }

    private async Task RegisterAsync(
        KeygenPlan plan, Guid user, SecretKey key, EnclaveKey enclave, bool approval, SessionSecret secret, CancellationToken cancellation)
    {
        var (encrypted, auth) = SeatKeys.Prepare(key, plan.Session, enclave.Key);
        var registration = new SeatRegistration(plan.Session, user, encrypted, key.PublicKey, PublicKey.Parse(auth), enclave, approval);
        Done(await gateway.RegisterAsync(registration, secret, cancellation), "a registration");
    }

    private async Task SignAsync(KeygenPlan plan, SigningItems items, SecretKey marketMaker, SessionSecret secret, CancellationToken cancellation)
    {
        using var me = new KeymeldParticipant(plan.Session, plan.CoordinatorUser, marketMaker);
        var batches = ContractBatches.Plan(items, [.. plan.Participants.Skip(1)], plan.CoordinatorUser, plan.Session);
        var packed = new byte[batches.Length][];
        await Parallel.ForAsync(0, batches.Length, Limits(cancellation), async (batch, stop) =>
            packed[batch] = await SignAsync(batches[batch], me, secret, stop));
        var signatures = ContractBatches.Assemble(items, packed);
        if (signatures.WinConditions.Length != items.Shape.WinConditions.Length)
        {
            throw new CommandFailedException("the contract's signatures are not complete");
        }
    }

    private async Task<byte[]> SignAsync(ContractBatch batch, KeymeldParticipant me, SessionSecret secret, CancellationToken cancellation)
    {
        var signing = Guid.CreateVersion7(clock.GetUtcNow());
        Done(await gateway.StartSigningAsync(batch.Order(signing, Lifetime), secret, cancellation), "a signing session");
        Done(await gateway.ApproveAsync(signing, me, cancellation), "an approval");
        var status = await PollAsync(
            () => gateway.GetSigningAsync(signing, me, secret, cancellation), status => status.State is SigningState.Completed or SigningState.Failed,
            "a signing session", cancellation);
        return ContractBatches.Read(batch, status, Cores.All) is BatchResult.Complete complete
            ? complete.Packed
            : throw new CommandFailedException($"batch {batch.Number} was not signed as it must be");
    }

    private async Task<T> PollAsync<T>(Func<Task<KeymeldAnswer<T>>> ask, Func<T, bool> isDone, string what, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (Done(await ask(), what) is { } status && isDone(status))
            {
                return status;
            }

            await Task.Delay(pause, clock, cancellation);
        }
    }

    private static ParallelOptions Limits(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };

    private static T Done<T>(KeymeldAnswer<T> answer, string what)
        => answer.TryGet(out var value) ? value : throw new CommandFailedException($"{what}: {answer.Describe()}");
}
