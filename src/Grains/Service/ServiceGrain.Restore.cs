using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Telling a restored folder from one that went on, and what has to be looked up before money moves again (D43).</summary>
public sealed partial class ServiceGrain
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    public async Task AdvanceAsync()
    {
        if (Mark is not { } mark)
        {
            return;
        }

        // The data first: dying in between leaves the mark one behind, and that alone is no restore. A mark that stayed behind is brought up
        // before the next step: dying there again and again must not look like one either.
        if (await mark.ReadAsync() < stored.State.Generation)
        {
            await mark.WriteAsync(stored.State.Generation);
        }

        var next = stored.State.Generation + 1;
        await WriteAsync(stored.State with { Generation = next, GenerationAt = clock.GetUtcNow() });
        await mark.WriteAsync(next);
    }

    private async Task CompareGenerationsAsync()
    {
        if (Mark is not { } mark)
        {
            return;
        }

        var (known, state, now) = (await mark.ReadAsync(), stored.State, clock.GetUtcNow());
        if (Complaint(known, state.Generation) is { } reason)
        {
            LogRestored(reason);
            var since = state.Generation == 0 ? DateTimeOffset.UnixEpoch : state.GenerationAt - Slack;
            since = state.Restore is { DoneAt: null } unfinished && unfinished.PaymentsSince < since ? unfinished.PaymentsSince : since;
            var next = Math.Max(known ?? 0, state.Generation) + 1;
            await WriteAsync(state with
            {
                Generation = next,
                GenerationAt = now,
                Restore = new RestoreRecord(now, reason, since, null),
                SettleOnly = state.SettleOnly ?? new SettleOnlyRecord(now, "restore", reason),
            });
            await mark.WriteAsync(next);
            return;
        }

        if (known is null)
        {
            await mark.WriteAsync(0);
        }

        await AdvanceAsync();
    }

    /// <summary>What is wrong with the pair; null where the folder went on, or is new.</summary>
    private static string? Complaint(long? mark, long stored) => (mark, stored) switch
    {
        (null, 0) => null,
        (0, 0) => null,
        (null, _) => $"the generation mark is absent, the data is of generation {stored}",
        ({ } outside, _) when outside == stored || outside == stored - 1 => null,
        ({ } outside, _) when outside > stored => $"the data is of generation {stored}, its mark says {outside}",
        ({ } outside, _) => $"the generation mark says {outside}, the data is of generation {stored}",
    };

    /// <summary>After the reconciliation: orphan reservations are released (D30), then the checks of a restore run until every one is in.</summary>
    private async Task AfterwardsAsync(CancellationToken cancellation)
    {
        var done = false;
        try
        {
            if (!intake.IsStarting)
            {
                _orphansReleased = _orphansReleased || await ReleaseOrphansAsync();
                done = await CheckRestoreAsync(cancellation) && _orphansReleased;
            }
        }
#pragma warning disable CA1031 // Whatever failed is tried again: until it succeeds, nothing new is begun.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogChecks($"a check failed ({failure.GetType().Name}) and is tried again");
        }
        finally
        {
            _timer!.Change(done ? Timeout.InfiniteTimeSpan : Pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Coins that a competition reserved and does not need: it is over, or was never made. After a broadcast intent nothing is released (D42).</summary>
    private async Task<bool> ReleaseOrphansAsync()
    {
        var wallet = GrainFactory.GetGrain<IWalletGrain>(0);
        foreach (var owner in await wallet.OwnersAsync())
        {
            if (owner.Split('/') is ["funding" or "escrow", var competition, ..] && Guid.TryParse(competition, out var id) && !await NeedsCoinsAsync(id))
            {
                await wallet.ReleaseAsync(owner);
            }
        }

        return true;
    }

    private async Task<bool> NeedsCoinsAsync(Guid competition)
    {
        if (intake.Unreadable.Any(pair => pair.Key == $"competition/{competition}"))
        {
            return true;
        }

        var answer = await GrainFactory.GetGrain<ICompetitionGrain>(competition).GetAsync();
        return answer.TryGet(out var view, out _) && view.State is not ("cancelled" or "completed");
    }

    /// <returns>True where nothing is left to check.</returns>
    private async Task<bool> CheckRestoreAsync(CancellationToken cancellation)
    {
        if (stored.State.Restore is not { DoneAt: null } restore)
        {
            return true;
        }

        var known = new SortedSet<string>(StringComparer.Ordinal);
        var waits = new List<string>();
        var unexplained = await RecheckAsync(known, waits);
        if (!await GrainFactory.GetGrain<IWalletGrain>(0).WakeAsync())
        {
            waits.Add("the chain cannot be asked about every reserved coin");
        }

        if (await HoldPaymentsAsync(restore.PaymentsSince, known, cancellation) is { } silent)
        {
            waits.Add(silent);
        }

        unexplained += stored.State.Holds.Count(hold => hold.Release is null);
        if (waits.Count > 0 || unexplained > 0)
        {
            LogChecks(waits.Count > 0 ? waits[0] : $"{unexplained} payments are not explained; an operator has to release them");
            return false;
        }

        await WriteAsync(stored.State with { Restore = restore with { DoneAt = clock.GetUtcNow() } });
        await AdvanceAsync();
        LogChecks("every check is in; settle-only stays until an operator ends it");
        return true;
    }

    /// <summary>Every competition that can be read looks up its hashes and tells what its journal knows.</summary>
    /// <returns>Payments that wait for an operator.</returns>
    private async Task<int> RecheckAsync(SortedSet<string> known, List<string> waits)
    {
        var unexplained = 0;
        foreach (var id in (await index.ListAsync()).Select(view => view.Submission.Id))
        {
            if (!intake.Unreadable.Any(pair => pair.Key == $"competition/{id}"))
            {
                var recheck = await GrainFactory.GetGrain<ICompetitionGrain>(id).RecheckAsync();
                known.UnionWith(recheck.PaymentHashes);
                unexplained += recheck.Unexplained;
                waits.AddRange(recheck.WaitsFor is { } why ? [$"competition {id}: {why}"] : []);
            }
        }

        return unexplained;
    }

    /// <summary>Every payment since the backup that no journal knows becomes a hold.</summary>
    /// <returns>What cannot be asked, or null.</returns>
    private async Task<string?> HoldPaymentsAsync(DateTimeOffset since, SortedSet<string> known, CancellationToken cancellation)
    {
        const int MostPages = 10_000;
        var (after, holds) = (0UL, stored.State.Holds);
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await lightning.ListPaymentsAsync(new PaymentQuery(after, since == DateTimeOffset.UnixEpoch ? null : since), cancellation);
            if (!answer.TryGet(out var found))
            {
                return $"payments cannot be listed: {answer.Describe()}";
            }

            foreach (var payment in found.Payments.Where(payment => payment.Status != PaymentStatus.Failed && !known.Contains(payment.Hash.ToString())))
            {
                holds = holds.With(new StoredHold(
                    "unexplained_payment", payment.Hash.ToString(),
                    $"the Lightning node has a payment of {payment.Value.Value / 1_000} sat of {payment.CreatedUtc:O} that is in no journal", clock.GetUtcNow())
                {
                    Sats = payment.Value.Value / 1_000,
                });
            }

            if (found.Payments.IsEmpty)
            {
                break;
            }

            after = found.LastIndex;
        }

        if (holds.Length != stored.State.Holds.Length)
        {
            await WriteAsync(stored.State with { Holds = holds });
        }

        return null;
    }
}
