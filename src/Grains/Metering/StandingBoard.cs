using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>
/// What every competition last said of itself, and the sums over all of them, in memory. Each change costs its own competition's share only, and
/// reading costs what there is to tell: nobody walks through all competitions because somebody looks at the counters.
/// </summary>
public sealed class StandingBoard
{
    /// <summary>From here on a competition that does not get on counts as stuck.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<Guid, Standing> _competitions = [];
    private readonly SortedDictionary<string, ImmutableArray<string>> _otherHolds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _states = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _holds = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset Since, Guid Id)> _stuck = [];
    private readonly SortedSet<(DateTimeOffset Since, Guid Id)> _journal = [];
    private readonly SortedSet<(DateTimeOffset Due, Guid Id)> _oracle = [];
    private readonly SortedSet<(DateTimeOffset Since, Guid Id)> _unconfirmed = [];
    private readonly SortedSet<(int Until, Guid Id)> _payable = [];
    private int _pending;
    private int _owedWinners;
    private long _owedWinnerSats;
    private long _refundSats;

    /// <summary>What a competition says now, instead of what it said before.</summary>
    public void Put(Guid competition, Standing standing)
    {
        lock (_gate)
        {
            Take(competition);
            _competitions[competition] = standing;
            Count(competition, standing, 1);
        }
    }

    /// <summary>What the directory knows of one that has not spoken yet.</summary>
    public void Seed(CompetitionView view)
    {
        lock (_gate)
        {
            if (!view.Deleted && !_competitions.ContainsKey(view.Submission.Id))
            {
                Put(view.Submission.Id, Standing.Of(view));
            }
        }
    }

    /// <summary>Out of sight. Safe to repeat.</summary>
    public void Remove(Guid competition)
    {
        lock (_gate)
        {
            Take(competition);
        }
    }

    /// <summary>The open holds of somebody who is no competition.</summary>
    /// <param name="owner">wallet or service.</param>
    /// <param name="kinds">One for each.</param>
    public void PutHolds(string owner, IEnumerable<string> kinds)
    {
        lock (_gate)
        {
            CountHolds(_otherHolds.GetValueOrDefault(owner, []), -1);
            CountHolds(_otherHolds[owner] = [.. kinds], 1);
        }
    }

    /// <summary>The sums as of now.</summary>
    public BoardTotals Totals(DateTimeOffset now)
    {
        lock (_gate)
        {
            var stuck = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var (_, id) in _stuck.TakeWhile(entry => now - entry.Since >= Patience))
            {
                var state = _competitions[id].State;
                stuck[state] = stuck.GetValueOrDefault(state) + 1;
            }

            return new BoardTotals(
                [.. _states],
                [.. stuck],
                [.. _holds],
                Age(_stuck, now),
                Age(_journal, now),
                Age(_oracle, now),
                _pending,
                _owedWinners,
                _owedWinnerSats,
                _refundSats,
                _payable.Count == 0 ? null : _payable.Min.Until,
                Age(_unconfirmed, now));
        }
    }

    private static TimeSpan Age(SortedSet<(DateTimeOffset Since, Guid Id)> entries, DateTimeOffset now)
        => entries.Count == 0 || entries.Min.Since > now ? TimeSpan.Zero : now - entries.Min.Since;

    private void Take(Guid competition)
    {
        if (_competitions.Remove(competition, out var before))
        {
            Count(competition, before, -1);
        }
    }

    private void Count(Guid id, Standing standing, int sign)
    {
        Add(_states, standing.State, sign);
        CountHolds(standing.Holds, sign);
        _pending += sign * standing.Pending;
        _owedWinners += sign * standing.OwedWinners;
        _owedWinnerSats += sign * standing.OwedWinnerSats;
        _refundSats += sign * standing.RefundSats;
        Keep(_stuck, standing.StuckSince, id, sign);
        Keep(_journal, standing.PendingSince, id, sign);
        Keep(_oracle, standing.OracleDue, id, sign);
        Keep(_payable, standing.PayableUntil, id, sign);
        Keep(_unconfirmed, standing.UnconfirmedSince, id, sign);
    }

    private void CountHolds(ImmutableArray<string> kinds, int sign)
    {
        foreach (var kind in kinds)
        {
            Add(_holds, kind, sign);
        }
    }

    /// <summary>What was counted once stays with zero: a series that vanishes is not one that fell.</summary>
    private static void Add(SortedDictionary<string, int> counts, string name, int sign) => counts[name] = counts.GetValueOrDefault(name) + sign;

    private static void Keep<T>(SortedSet<(T, Guid)> entries, T? value, Guid id, int sign)
        where T : struct
    {
        if (value is { } known)
        {
            _ = sign > 0 ? entries.Add((known, id)) : entries.Remove((known, id));
        }
    }
}

/// <summary>Sums over all competitions.</summary>
/// <param name="States">Competitions by the wire's word.</param>
/// <param name="Stuck">Of them, those that do not get on.</param>
/// <param name="Holds">What waits for an operator, by kind.</param>
/// <param name="StuckLongest">How long the worst of them does not get on; zero where all do.</param>
/// <param name="JournalAge">Of the oldest intent that is not done.</param>
/// <param name="OracleLate">How far the oldest attestation is overdue.</param>
/// <param name="Pending">Intents that are not done.</param>
/// <param name="OwedWinners">Winners whose share is neither paid nor taken.</param>
/// <param name="OwedWinnerSats">Their shares.</param>
/// <param name="RefundSats">Refunds and overpaid amounts.</param>
/// <param name="PayableUntil">The nearest last tip at which a winner can be paid over Lightning; null where nobody waits.</param>
/// <param name="UnconfirmedLongest">How long the oldest transaction of theirs that is in no block has been out; zero where none is.</param>
public sealed record BoardTotals(
    ImmutableArray<KeyValuePair<string, int>> States,
    ImmutableArray<KeyValuePair<string, int>> Stuck,
    ImmutableArray<KeyValuePair<string, int>> Holds,
    TimeSpan StuckLongest,
    TimeSpan JournalAge,
    TimeSpan OracleLate,
    int Pending,
    int OwedWinners,
    long OwedWinnerSats,
    long RefundSats,
    int? PayableUntil,
    TimeSpan UnconfirmedLongest);
