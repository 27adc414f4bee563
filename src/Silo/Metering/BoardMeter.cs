using System.Diagnostics.Metrics;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>What waits, what is owed and what does not get on, from the board that every competition writes to.</summary>
internal sealed class BoardMeter : IHostedService, IDisposable
{
    private readonly Meter _meter = new("Coordinator.Competitions");
    private readonly StandingBoard _board;
    private readonly TimeProvider _clock;

    public BoardMeter(StandingBoard board, Intake intake, SiloHealth health, TimeProvider clock)
    {
        (_board, _clock) = (board, clock);
        Gauge("coordinator_competitions", "state", "Competitions that are known, by state", totals => totals.States);
        Gauge("coordinator_competitions_stuck", "state", "Competitions with something pending that have not got on for an hour, by state", totals => totals.Stuck);
        Gauge("coordinator_holds", "kind", "What waits for an operator, by kind; of wallet and service, too", totals => [.. totals.Holds, new("unreadable_document", intake.Unreadable.Length)]);
        Gauge("coordinator_competition_stuck_seconds", "How long the worst competition with something pending has not got on; 0 where all do", totals => totals.StuckLongest.TotalSeconds);
        Gauge("coordinator_journal_intents", "Intents that are on disk and not done", totals => totals.Pending);
        Gauge("coordinator_journal_oldest_seconds", "How long the oldest of them has been wanted", totals => totals.JournalAge.TotalSeconds);
        Gauge("coordinator_attestation_overdue_seconds", "How far the oldest attestation that is waited for is overdue", totals => totals.OracleLate.TotalSeconds);
        Gauge("coordinator_owed_winners", "Winners whose share is neither paid nor taken", totals => totals.OwedWinners);
        Gauge("coordinator_owed_winner_sats", "Their shares of the pool, before the fees of outcome and split", totals => totals.OwedWinnerSats);
        Gauge("coordinator_owed_refund_sats", "Refunds and overpaid amounts that the coordinator owes", totals => totals.RefundSats);
        Gauge("coordinator_unconfirmed_oldest_seconds", "How long the oldest transaction of a competition that is in no block has been out; 0 where none is", totals => totals.UnconfirmedLongest.TotalSeconds);
        _meter.CreateObservableGauge(
            "coordinator_owed_winner_blocks_left", () => BlocksLeft(health), "blocks",
            "Blocks until the first of them can no longer be paid over Lightning; absent where nobody waits for that");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private BoardTotals Now => _board.Totals(_clock.GetUtcNow());

    private void Gauge(string name, string help, Func<BoardTotals, double> value) => _meter.CreateObservableGauge(name, () => value(Now), description: help);

    private void Gauge(string name, string label, string help, Func<BoardTotals, IEnumerable<KeyValuePair<string, int>>> values)
        => _meter.CreateObservableGauge(
            name, () => values(Now).Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>(label, pair.Key))), description: help);

    private IEnumerable<Measurement<int>> BlocksLeft(SiloHealth health)
        => Now.PayableUntil is { } until && health.Last?.Tip is { } tip ? [new(until - tip.Height)] : [];
}
