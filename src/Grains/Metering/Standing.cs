using System.Collections.Immutable;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>What an operator's counters need to know of one competition. It holds no secret and nobody's name.</summary>
/// <param name="State">The wire's word.</param>
public sealed record Standing(string State)
{
    /// <summary>Kinds of holds that wait for an operator, one for each hold.</summary>
    public ImmutableArray<string> Holds { get; init; } = [];

    /// <summary>Intents that are not done.</summary>
    public int Pending { get; init; }

    /// <summary>Since when the oldest of them has been wanted; null where there is none, or an older document does not say.</summary>
    public DateTimeOffset? PendingSince { get; init; }

    /// <summary>Since when nothing has changed although something is pending; null where nothing is.</summary>
    public DateTimeOffset? StuckSince { get; init; }

    /// <summary>When the oracle was to attest; null where nobody waits for it.</summary>
    public DateTimeOffset? OracleDue { get; init; }

    /// <summary>Since when the oldest of its transactions that are in no block has been out; null where there is none, or an older document does not
    /// say.</summary>
    public DateTimeOffset? UnconfirmedSince { get; init; }

    /// <summary>Winners whose share is neither paid nor taken.</summary>
    public int OwedWinners { get; init; }

    /// <summary>Their shares of the pool, before the fees of outcome and split; satoshis.</summary>
    public long OwedWinnerSats { get; init; }

    /// <summary>The last tip at which one of them can still be paid over Lightning; null where nobody waits for that.</summary>
    public int? PayableUntil { get; init; }

    /// <summary>Refunds and overpaid amounts; satoshis.</summary>
    public long RefundSats { get; init; }

    /// <summary>Of a stored document.</summary>
    /// <param name="document">With a state.</param>
    public static Standing Of(CompetitionDocument document)
    {
        var state = document.State ?? throw new ArgumentException("the competition does not exist", nameof(document));
        var owed = OwedRules.Of(state);
        var payable = owed.Where(share => share.Way != OwedWay.OnChain).Select(share => share.PayableUntil).ToList();
        return new Standing(state.Wire)
        {
            Holds = [.. state.Header.Holds.Where(hold => hold.IsOpen).Select(hold => HoldRules.NameOf(hold.Kind))],
            Pending = document.Intents.Length,
            PendingSince = document.Intents.Select(intent => intent.Since).Min(),
            StuckSince = document.Intents.IsEmpty ? null : ProgressedAt(document),
            OracleDue = state.WatchesOracle ? state.Header.Terms.SigningDate : null,
            UnconfirmedSince = UnconfirmedIn(document),
            OwedWinners = owed.Length,
            OwedWinnerSats = owed.Sum(share => ShareOf((LiveState)state, share.Winner)),
            PayableUntil = payable.Count == 0 ? null : payable.Min(),
            RefundSats = CompetitionViews.OwedTo(state).Sum(refund => refund.Sats),
        };
    }

    /// <summary>Of a line of the directory: enough for a competition that nothing is done for any more.</summary>
    public static Standing Of(CompetitionView view) => new(view.State)
    {
        Holds = [.. view.Holds.Where(hold => hold.Release is null).Select(hold => hold.Kind)],
        RefundSats = view.Owed.Sum(refund => refund.Sats),
    };

    /// <summary>When its state last became another one, or an intent last began or ended; null where an older document does not say.</summary>
    private static DateTimeOffset? ProgressedAt(CompetitionDocument document) => new[]
    {
        document.History.Steps.LastOrDefault()?.At,
        document.History.Ended.LastOrDefault()?.Until,
        document.Intents.Select(intent => intent.Since).Max(),
    }.Max();

    /// <summary>A transaction is out from the end of the effect that sends it. Where that is not remembered, from the beginning of the state.</summary>
    private static DateTimeOffset? UnconfirmedIn(CompetitionDocument document)
        => document.State is LiveState { WatchesChain: true } state
            ? Unconfirmed(state.Live.Chain).Select(verbs => SentAt(document.History, verbs) ?? document.History.Since(state.Wire)).Min()
            : null;

    /// <summary>What may have sent each transaction of ours that is in no block. A winner's own claim is not ours.</summary>
    private static IEnumerable<string[]> Unconfirmed(ChainView chain)
    {
        if (chain is { FundingSeen: true, FundingHeight: null, FundingConflict: null })
        {
            yield return ["broadcast_funding"];
        }

        if (chain.Outcome is { Height: null, Kind: not OutcomeSpendKind.Foreign })
        {
            yield return ["broadcast_outcome/", "broadcast_expiry"];
        }

        if (chain.Split is { Height: null, Kind: not SplitSpendKind.Foreign })
        {
            yield return ["broadcast_split", "broadcast_close", "reclaim_outcome"];
        }

        foreach (var share in chain.Shares.Where(share => share is { Height: null, Kind: not (ShareSpendKind.Foreign or ShareSpendKind.Win) }))
        {
            yield return [$"sweep_share/{share.Winner}/"];
        }
    }

    private static DateTimeOffset? SentAt(CompetitionHistory history, string[] verbs)
        => history.Ended.LastOrDefault(work => verbs.Any(verb => work.Effect.StartsWith(verb, StringComparison.Ordinal)))?.Until;

    private static long ShareOf(LiveState state, int winner)
    {
        var (terms, outcome) = (state.Header.Terms, state.Live.Decided!.Outcome);
        var winners = state.Live.Contract.Winners(terms, outcome);
        if (outcome < 0)
        {
            return terms.Pool.Value / winners.Length;
        }

        var weights = PlaceWeights.For(winners.Length);
        var place = winners.IndexOf(winner);
        return place < 0 ? 0 : terms.Pool.Value * (long)weights[place] / 100;
    }
}
