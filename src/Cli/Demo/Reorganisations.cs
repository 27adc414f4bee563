namespace Coordinator.Cli.Demo;

/// <summary>Takes blocks back under a competition, with the funding in them once its tickets are settled, and with the outcome once its winners are
/// paid. What was settled and paid stays so; nothing of it may happen twice.</summary>
/// <param name="depth">How many blocks each time; 0 is never.</param>
internal sealed class Reorganisations(int depth, ChainWorld chain, TransactionBook book, PlayerFacts players, DemoLog log, TimeProvider clock)
{
    /// <summary>Long enough for the service to see that a transaction is in no block any more, and to look again.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private Stage _stage = depth == 0 ? Stage.Over : Stage.BeforeFunding;

    private enum Stage
    {
        BeforeFunding,
        BeforeOutcome,
        BeforePayouts,
        Over,
    }

    /// <summary>Does what is due.</summary>
    /// <returns>Whether nothing else may move the chain now.</returns>
    public async Task<bool> MoveAsync(string state, CancellationToken cancellation)
    {
        switch (_stage)
        {
            case Stage.BeforeFunding when state == "awaiting_attestation":
                await BuryAsync(cancellation);
                await ReorganiseAsync("funding", cancellation);
                _stage = Stage.BeforeOutcome;
                return false;
            case Stage.BeforeOutcome when state == "outcome_broadcasted":
                await BuryAsync(cancellation);
                _stage = Stage.BeforePayouts;
                return true;
            case Stage.BeforePayouts when players.AllKnowOutcome && players.AllPaid:
                await ReorganiseAsync("outcome", cancellation);
                _stage = Stage.Over;
                return false;
            default:
                return _stage == Stage.BeforePayouts;
        }
    }

    /// <summary>The newest transaction is in the last block that is taken back.</summary>
    private async Task BuryAsync(CancellationToken cancellation)
    {
        await chain.MineAsync(depth - 1, null, cancellation);
        await book.ReadAsync(cancellation);
    }

    private async Task ReorganiseAsync(string what, CancellationToken cancellation)
    {
        var before = (await chain.TipAsync(cancellation)).Height;
        await chain.ReorganiseAsync(depth, cancellation);
        await book.ReadAsync(cancellation);
        var after = await chain.TipAsync(cancellation);
        log.Tell(
            "reorganised", $"{depth} blocks are taken back from height {before}, with the {what} transaction; {after.Waiting} transactions wait again",
            ("what", what), ("depth", depth), ("before", before), ("after", after.Height), ("waiting", after.Waiting));
        await Task.Delay(Quiet, clock, cancellation);
    }
}
