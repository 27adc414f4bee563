using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>The timer turn: look at what may have changed, then carry out what is due, within a few seconds (D27).</summary>
public sealed partial class CompetitionGrain
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks of a start while a service is down.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private bool _chainDirty;
    private bool _invoicesDirty;
    private bool _oracleDirty;
    private DateTimeOffset _nextChainLook;
    private DateTimeOffset _nextInvoiceLook;
    private DateTimeOffset _nextOracleLook;

    private async Task TickAsync(CancellationToken cancellation)
    {
        if (_committed.State is null)
        {
            return;
        }

        var started = clock.GetUtcNow();
        try
        {
            await LookAsync(started, cancellation);
            while (!IsBlind)
            {
                var due = _committed.Intents.Where(intent => intent.NotBefore <= clock.GetUtcNow()).Take(AtOnce).ToList();
                if (due.Count == 0)
                {
                    break;
                }

                await RunAsync(due, cancellation);
                if (clock.GetUtcNow() - started >= Budget)
                {
                    break;
                }
            }
        }
        finally
        {
            CheckReconciled();
            Schedule();
        }
    }

    /// <summary>Time, chain, invoices and oracle, each only where it is due or was reported.</summary>
    private async Task LookAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var facts = new List<Fact>();
        var timeIsUp = _committed.State!.NextDeadline <= now;
        if (_committed.State.WatchesChain && (_chainDirty || now >= _nextChainLook))
        {
            facts.AddRange(await LookAtChainAsync(_committed.State, now, cancellation));
        }

        // Whatever time ends, a payment that came before it counts first.
        if (_invoicesDirty || timeIsUp || now >= _nextInvoiceLook)
        {
            (_invoicesDirty, _nextInvoiceLook) = (false, now + services.Settings.InvoicePoll);
            facts.AddRange(await LookAtInvoicesAsync(now, cancellation));
        }

        if (timeIsUp)
        {
            facts.Add(new TimePassed(now));
        }

        if (_committed.State.WatchesOracle && Announcement() is { } announcement && (_oracleDirty || now >= _nextOracleLook))
        {
            (_oracleDirty, _nextOracleLook) = (false, now + services.Settings.OraclePoll);
            if (await services.Oracle.LookAsync(Id, announcement, now, cancellation) is { } attested)
            {
                facts.Add(attested);
            }
        }

        await AbsorbAsync(facts);
    }

    private async Task<IEnumerable<Fact>> LookAtChainAsync(CompetitionState state, DateTimeOffset now, CancellationToken cancellation)
    {
        (_chainDirty, _nextChainLook) = (false, now + services.Settings.ChainPoll);
        if (await services.Chain.LookAsync(state, cancellation) is not { } view)
        {
            _nextChainLook = now + (_chainLooked || services.Settings.ChainPoll < Again ? services.Settings.ChainPoll : Again);
            return [];
        }

        _chainLooked = true;
        var escrows = EscrowLooker.Watches(state) ? await services.Escrows.LookAsync(state, now, cancellation) : null;
        Fact[] facts = escrows is null ? [new ChainSeen(view, now)] : [new ChainSeen(view, now), escrows];
        return await services.Chain.RevealAsync(state, view, now, cancellation) is { } revealed ? [.. facts, revealed] : facts;
    }

    /// <summary>What LND says of every open invoice; one that it does not know says nothing here.</summary>
    private async Task<IEnumerable<Fact>> LookAtInvoicesAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var open = _committed.State!.Header.Roster.Tickets.Where(ticket => ticket.Unresolved && ticket.PaymentRequest is not null).ToList();
        var looks = new List<InvoiceLook>();
        foreach (var batch in open.Chunk(AtOnce))
        {
            looks.AddRange(await Task.WhenAll(batch.Select(ticket => services.Invoices.TryLookAsync(ticket.Hash, now, cancellation))));
        }

        if (looks.TrueForAll(look => look.IsAnswered))
        {
            _invoicesLooked = true;
        }
        else if (!_invoicesLooked && services.Settings.InvoicePoll > Again)
        {
            _nextInvoiceLook = now + Again;
        }

        return looks.Select(look => look.Seen).OfType<Fact>();
    }

    /// <summary>Runs due intents side by side; their facts are absorbed in one write, the rest is put off.</summary>
    private async Task RunAsync(List<Intent> due, CancellationToken cancellation)
    {
        var context = new EffectContext(_committed.State!, _memory, clock.GetUtcNow());
        var results = await Task.WhenAll(due.Select(intent => TryAsync(intent, context, cancellation)));
        var document = _committed;
        foreach (var (intent, result) in due.Zip(results))
        {
            _untried.Remove(intent.Effect.Key);
            var why = result.TryAgain ?? Intent.Done;
            document = document.Postponed(intent, why, clock.GetUtcNow());
        }

        // One write for facts and postponements together. Intents that the new state no longer wants fall away by themselves.
        var facts = results.SelectMany(result => result.Facts).ToList();
        var next = facts.Aggregate(_committed.State!, (state, fact) => state.Absorb(fact));
        var before = _committed.State!.Wire;
        await WriteAsync(document.After(next, clock.GetUtcNow()));
        services.Wakes.Wait(Id, Waiting());
        await RemindAsync();
        if (before != next.Wire)
        {
            LogState(Id, before, next.Wire);
            EffectTrace.Step(next, before);
            _chainDirty = true;
        }

        _chainDirty |= due.Exists(intent => Broadcasts(intent.Effect));
        Tell();
    }

    private async Task<EffectResult> TryAsync(Intent intent, EffectContext context, CancellationToken cancellation)
    {
        if (Forbidden(intent.Effect) is { } waits)
        {
            services.Meter.Count(intent.Effect, EffectMeter.Waits, TimeSpan.Zero);
            return EffectResult.Later(waits);
        }

        var (started, outcome) = (clock.GetTimestamp(), EffectMeter.Later);
        using var limit = new CancellationTokenSource(Attempt, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var result = await services.Effects.RunAsync(intent.Effect, context, both.Token);
            outcome = result.TryAgain is null ? EffectMeter.Done : EffectMeter.Later;
            if (result.TryAgain is { } why)
            {
                LogRetry(Id, intent.Effect.Key, intent.Attempts + 1, why);
            }

            return result;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            outcome = EffectMeter.TimedOut;
            return EffectResult.Later("no answer in time; the outcome is unknown");
        }
#pragma warning disable CA1031 // One effect's bug must not stop the others of this competition; it is logged and tried again later.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            outcome = EffectMeter.Failed;
            LogFailure(Id, intent.Effect.Key, failure);
            return EffectResult.Later($"failed: {failure.GetType().Name}");
        }
        finally
        {
            services.Meter.Count(intent.Effect, outcome, clock.GetElapsedTime(started));
        }
    }

    private static bool Broadcasts(Effect effect) => effect is BroadcastFunding or BroadcastOutcome or BroadcastExpiry or BroadcastClose
        or BroadcastSplit or ReclaimOutcome or SweepShare or BumpEffect or BroadcastEscrow or DoubleSpendEscrow or ReclaimEscrow;

    private Hash32? Announcement() => AnnouncementOf(_committed.State!);

    /// <summary>The timer's next turn: at once where something was reported, else when the next thing is due; never where nothing is.</summary>
    private void Schedule()
    {
        var state = _committed.State;
        if (state is null || _timer is null)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var next = IsBlind ? (_chainDirty ? now : _nextChainLook) : Earliest(
            _committed.NextDue,
            state.NextDeadline,
            state.WatchesChain ? _chainDirty ? now : _nextChainLook : null,
            state.WatchesOracle && Announcement() is not null ? _oracleDirty ? now : _nextOracleLook : null,
            Waiting().Invoices.IsEmpty ? null : _invoicesDirty ? now : _nextInvoiceLook);
        var due = next is { } at ? at - now : Timeout.InfiniteTimeSpan;
        _timer.Change(next is not null && due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
    }

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> moments)
    {
        DateTimeOffset? earliest = null;
        foreach (var moment in moments)
        {
            earliest = earliest is null || moment < earliest ? moment ?? earliest : earliest;
        }

        return earliest;
    }

    [LoggerMessage(2, LogLevel.Debug, "competition {Competition}: {Effect} attempt {Attempt}: {Why}")]
    private partial void LogRetry(Guid competition, string effect, int attempt, string why);

    [LoggerMessage(3, LogLevel.Error, "competition {Competition}: {Effect} failed")]
    private partial void LogFailure(Guid competition, string effect, Exception failure);
}
