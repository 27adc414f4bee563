using System.Text.Json;
using Coordinator.Competitions;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>
/// One competition. Decides by the rules, writes state and intents in one document, acts from a timer turn, records what it saw as facts.
/// Nothing else lives here.
/// </summary>
[GrainType("competition")]
public sealed partial class CompetitionGrain(
    [PersistentState("competition")] IPersistentState<CompetitionDocument> stored,
    CompetitionServices services,
    TimeProvider clock,
    ILogger<CompetitionGrain> logger) : Grain, ICompetitionGrain, IRemindable
{
    private const string Reminder = "work";

    private readonly RoundMemory _memory = new();
    private CompetitionDocument _committed = new();

    /// <summary>The committed state as it is written; null where it was not needed yet.</summary>
    private byte[]? _committedText;
    private ReminderNeed _reminder;
    private IGrainTimer? _timer;

    private Guid Id => this.GetPrimaryKey();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State?.Schema ?? CompetitionDocument.CurrentSchema, CompetitionDocument.CurrentSchema, $"competition {Id}");
        _committed = stored.State ?? new CompetitionDocument();
        if (_committed.State is { } known && known.Header.Terms.Id != Id)
        {
            throw new UnreadableDocumentException($"what is stored as competition {Id} is competition {known.Header.Terms.Id}: the database was changed by hand");
        }

        _timer = this.RegisterGrainTimer(
            TickAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        if (_committed.State is not null)
        {
            _chainDirty = _invoicesDirty = true;
            BeginReconciliation(_committed.State);
            CountHolds();
            Stand();
            services.Wakes.Wait(Id, Waiting());
            Schedule();
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _memory.Dispose();
        return Task.CompletedTask;
    }

    public Task WakeAsync(WakeReason reason)
    {
        _chainDirty |= reason is WakeReason.Block or WakeReason.Start;
        _invoicesDirty |= reason is WakeReason.Invoice or WakeReason.Start;
        _oracleDirty |= reason is WakeReason.Oracle or WakeReason.Start;
        if (_committed.State is not null)
        {
            CheckReconciled();
            Schedule();
        }

        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await WakeAsync(WakeReason.Start);
        if (_committed.State is not null)
        {
            await RemindAsync(mayRelax: true);
        }
    }

    /// <summary>One write: the state that follows and the intents it wants. After a failed write the activation ends and is read anew.</summary>
    private async Task CommitAsync(CompetitionState next)
    {
        // Most looks find nothing new: equal records are equal on disk. Unequal ones may be so too, with lists that were made anew.
        if (next.Equals(_committed.State))
        {
            return;
        }

        var text = TextOf(next);
        if (_committed.State is { } current && (_committedText ??= TextOf(current)).AsSpan().SequenceEqual(text))
        {
            return;
        }

        var before = _committed.State?.Wire;
        await WriteAsync(_committed.After(next, clock.GetUtcNow()), text);
        services.Wakes.Wait(Id, Waiting());
        if (before != next.Wire)
        {
            LogState(Id, before, next.Wire);
            EffectTrace.Step(next, before);
        }

        await RemindAsync();
        Schedule();
        Tell();
    }

    /// <param name="next">What to write.</param>
    /// <param name="text">Its state as it is written, where that is known.</param>
    private async Task WriteAsync(CompetitionDocument next, byte[]? text = null)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _committedText = text;
        _committed = next;
        services.Intake.Touch();
        CountHolds();
        Stand();
    }

    private Task AbsorbAsync(params IReadOnlyCollection<Fact> facts)
        => _committed.State is { } state && facts.Count > 0 && !IsBlind ? CommitAsync(facts.Aggregate(state, (current, fact) => current.Absorb(fact))) : Task.CompletedTask;

    /// <summary>Carries a command out and writes what follows; null where it was done, else why not.</summary>
    private async Task<Problem?> DecideAsync(Command command)
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        if (IsBlind && command is Cancel)
        {
            return Problems.Unavailable("starting", "the chain has not been looked at since the start: try again shortly");
        }

        var verdict = state.Decide(command);
        if (verdict.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        await CommitAsync(verdict.Next!);
        return null;
    }

    /// <summary>What counters say of this competition.</summary>
    private void Stand()
    {
        if (_committed.Deleted)
        {
            services.Board.Remove(Id);
        }
        else if (_committed.State is not null)
        {
            services.Board.Put(Id, Standing.Of(_committed));
        }
    }

    /// <summary>The directory is told, never waited for: it takes only newer views, and every activation tells it again.</summary>
    private void Tell() => _ = TellAsync(CompetitionViews.Lean(_committed));

    private async Task TellAsync(CompetitionView view)
    {
        try
        {
            await GrainFactory.GetGrain<IDirectoryGrain>(0).PutAsync(view);
        }
#pragma warning disable CA1031 // The list is a convenience: whatever failed, the next change tells it again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUntold(Id, failure.GetType().Name);
        }
    }

    /// <summary>A reminder exists while something is due or a deadline is ahead (D28), and is touched only when that changes.</summary>
    /// <param name="mayRelax">From every minute to the next deadline. Only when it rings: while tickets are sold, something is due
    /// and done many times a second, and each change would be a durable write of its own.</param>
    private async Task RemindAsync(bool mayRelax = false)
    {
        var state = _committed.State!;
        var need = !_committed.Intents.IsEmpty || state.WatchesChain || state.WatchesOracle ? ReminderNeed.EveryMinute
            : state.NextDeadline is not null ? ReminderNeed.AtDeadline
            : ReminderNeed.None;
        if (need == _reminder || (need == ReminderNeed.AtDeadline && _reminder == ReminderNeed.EveryMinute && !mayRelax))
        {
            return;
        }

        if (need == ReminderNeed.None)
        {
            if (await this.GetReminder(Reminder) is { } registered)
            {
                await this.UnregisterReminder(registered);
            }
        }
        else
        {
            var minute = TimeSpan.FromMinutes(1);
            var due = need == ReminderNeed.EveryMinute || state.NextDeadline is not { } deadline ? minute : deadline - clock.GetUtcNow();
            await this.RegisterOrUpdateReminder(Reminder, due < minute ? minute : due, minute);
        }

        _reminder = need;
    }

    private Waiting Waiting() => _committed.State is { } state
        ? new Waiting(
            [.. state.Header.Roster.Tickets.Where(ticket => ticket.Unresolved && ticket.PaymentRequest is not null).Select(ticket => ticket.Hash)],
            state.WatchesChain)
        : Grains.Waiting.ForNothing;

    private static byte[] TextOf(CompetitionState state) => JsonSerializer.SerializeToUtf8Bytes(state, DocumentJson.Options);

    /// <summary>Also ends this activation: ids that strangers make up must not fill the memory.</summary>
    private Problem Unknown()
    {
        DeactivateOnIdle();
        return new(ProblemKind.NotFound, "competition_not_found", $"item not found: competition {Id}");
    }

    [LoggerMessage(1, LogLevel.Information, "competition {Competition}: {From} -> {To}")]
    private partial void LogState(Guid competition, string? from, string to);

    [LoggerMessage(4, LogLevel.Warning, "competition {Competition}: the directory was not told ({Failure})")]
    private partial void LogUntold(Guid competition, string failure);

    private enum ReminderNeed
    {
        /// <summary>Not known since this activation began.</summary>
        Unknown,
        None,
        EveryMinute,
        AtDeadline,
    }
}

/// <summary>What a competition grain uses.</summary>
public sealed record CompetitionServices(
    EffectRunner Effects,
    ChainLooker Chain,
    EscrowLooker Escrows,
    InvoiceEffects Invoices,
    OracleEffects Oracle,
    ContractLibrary Library,
    IArtefacts Artefacts,
    IContractWork Work,
    ISecrets Secrets,
    KeymeldAccess Keymeld,
    KeymeldOpening KeymeldOpening,
    IEntropy Entropy,
    IWakes Wakes,
    Intake Intake,
    StandingBoard Board,
    EffectMeter Meter,
    PayoutFinder PayoutFinder,
    Coordinator.Chain.IChain ChainSource,
    Coordinator.Lightning.ILightning Lightning,
    CoordinatorSettings Settings);
