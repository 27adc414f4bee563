using System.Collections.Immutable;
using Coordinator.Lightning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>The start of the process, its mode, and what waits for an operator. Rules of competitions and coins live elsewhere.</summary>
[GrainType("service")]
public sealed partial class ServiceGrain(
    [PersistentState("service")] IPersistentState<ServiceDocument> stored,
    Intake intake,
    StandingBoard board,
    ICompetitionIndex index,
    ILightning lightning,
    CoordinatorSettings settings,
    TimeProvider clock,
    IServiceProvider services,
    ILogger<ServiceGrain> logger) : Grain, IServiceGrain
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private IGrainTimer? _timer;
    private bool _orphansReleased;

    private IGenerationMark? Mark => services.GetService<IGenerationMark>();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, ServiceDocument.CurrentSchema, "the document of the service");
        return Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        await CompareGenerationsAsync();
        Apply();
        var views = await index.ListAsync();
        var lost = await index.UnreadableAsync();
        ImmutableArray<Guid> open =
            [.. views.Where(view => view.State is not "completed" && !view.Deleted).Select(view => view.Submission.Id).Union(lost).Order()];
        intake.Begin(open);
        foreach (var view in views)
        {
            intake.CountHolds(view.Submission.Id, view.Holds.Count(hold => hold.Release is null));
            board.Seed(view);
        }

        foreach (var batch in open.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(WakeAsync));
        }

        LogResumed(open.Length);
        _timer ??= this.RegisterGrainTimer(AfterwardsAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public Task<ServiceStatus> StatusAsync() => Task.FromResult(intake.Status);

    public async Task<Answer<ServiceStatus>> SettleOnlyAsync(bool on, OperatorWord word)
    {
        if (!on && stored.State.Restore is { DoneAt: null })
        {
            return new Problem(ProblemKind.Conflict, "restore_pending", "the checks after a restore are not done: see the holds and the health");
        }

        if (!on && settings.SettleOnly)
        {
            return new Problem(ProblemKind.Conflict, "settle_only_configured", "Competitions:SettleOnly is set in the configuration");
        }

        if (on != stored.State.SettleOnly is not null)
        {
            await WriteAsync(stored.State with { SettleOnly = on ? new SettleOnlyRecord(clock.GetUtcNow(), word.By, word.Note) : null });
        }

        return intake.Status;
    }

    public async Task<ImmutableArray<HoldView>> HoldsAsync()
    {
        var competitions = await GrainFactory.GetGrain<IDirectoryGrain>(0).ListAsync();
        var wallet = await WalletHoldsAsync();
        var documents = intake.Unreadable.Select(pair => new HoldView(
            $"document/{pair.Key}", null, "unreadable_document", pair.Key, pair.Value, clock.GetUtcNow(), null, 0, null));
        return
        [
            .. competitions.SelectMany(view => view.Holds).Concat(wallet).Concat(stored.State.Holds.Select(hold => hold.View("service"))).Concat(documents)
                .OrderBy(hold => hold.Release is not null).ThenBy(hold => hold.Since).ThenBy(hold => hold.Id, StringComparer.Ordinal),
        ];
    }

    public async Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word)
    {
        var parts = word.Id.Split('/', 3);
        if (parts is ["competition", var text, var own] && Guid.TryParseExact(text, "D", out var id))
        {
            var released = await GrainFactory.GetGrain<ICompetitionGrain>(id).ReleaseHoldAsync(word with { Id = own });
            return released.TryGet(out _, out var problem) ? Done.Instance : problem;
        }

        if (parts is ["wallet", _, _])
        {
            return await GrainFactory.GetGrain<IWalletGrain>(0).ReleaseHoldAsync(word with { Id = word.Id["wallet/".Length..] });
        }

        if (parts is ["document", ..])
        {
            return await ReadAgainAsync(word.Id["document/".Length..]);
        }

        if (parts is not ["service", _, _] || stored.State.Holds.Released(word with { Id = word.Id["service/".Length..] }, clock.GetUtcNow()) is not { } next)
        {
            return Problems.NotFound("hold_not_found", $"there is no hold {word.Id}");
        }

        await WriteAsync(stored.State with { Holds = next });
        return Done.Instance;
    }

    /// <summary>A document is released by being readable again: nobody can decide what it said.</summary>
    private async Task<Answer<Done>> ReadAgainAsync(string document)
    {
        if (document.StartsWith("competition/", StringComparison.Ordinal) && Guid.TryParse(document["competition/".Length..], out var id))
        {
            await WakeAsync(id);
        }

        var known = intake.Unreadable.FirstOrDefault(pair => pair.Key == document);
        return known.Key is null ? Done.Instance
            : new Problem(ProblemKind.Conflict, "hold_not_releasable", $"{known.Value}; restore it and start again");
    }

    private async Task WakeAsync(Guid competition)
    {
        try
        {
            await GrainFactory.GetGrain<ICompetitionGrain>(competition).WakeAsync(WakeReason.Start);
            intake.Forget($"competition/{competition}");
        }
#pragma warning disable CA1031 // One competition that cannot be read must not keep the others from going on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            intake.Report($"competition/{competition}", UnreadableDocumentException.ReasonOf(failure));
            intake.Reconciled(competition);
            LogUnreadable(competition, UnreadableDocumentException.ReasonOf(failure));
        }
    }

    private async Task<ImmutableArray<HoldView>> WalletHoldsAsync()
    {
        try
        {
            var holds = await GrainFactory.GetGrain<IWalletGrain>(0).HoldsAsync();
            intake.Forget("wallet");
            return holds;
        }
#pragma warning disable CA1031 // A wallet that cannot be read is a hold of its own; the others are still shown.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            intake.Report("wallet", UnreadableDocumentException.ReasonOf(failure));
            return [];
        }
    }

    /// <summary>What the grain knows, where everybody asks.</summary>
    private void Apply()
    {
        var state = stored.State;
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (settings.SettleOnly)
        {
            reasons.Add("by configuration");
        }

        if (state.SettleOnly is { } asked)
        {
            reasons.Add($"by {asked.By} since {asked.At:O}{(asked.Note.Length > 0 ? $": {asked.Note}" : "")}");
        }

        intake.SetMode(reasons.ToImmutable(), state.Restore is { DoneAt: null });
        intake.CountOtherHolds(state.Holds.Count(hold => hold.Release is null));
        board.PutHolds("service", state.Holds.Where(hold => hold.Release is null).Select(hold => hold.Kind));
    }

    private async Task WriteAsync(ServiceDocument next)
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

        Apply();
    }

    [LoggerMessage(40, LogLevel.Information, "{Count} competitions go on")]
    private partial void LogResumed(int count);

    [LoggerMessage(41, LogLevel.Error, "competition {Competition} cannot be read and is left alone: {Why}")]
    private partial void LogUnreadable(Guid competition, string why);

    [LoggerMessage(42, LogLevel.Warning, "the data is older than its generation mark, or the mark is gone: {Reason}. Settle-only until every check is in")]
    private partial void LogRestored(string reason);

    [LoggerMessage(43, LogLevel.Information, "after the restore: {What}")]
    private partial void LogChecks(string what);
}
