using System.Collections.Immutable;
using System.Text.Json;

namespace Coordinator.Cli.Demo;

/// <summary>How one player's story ended.</summary>
internal sealed record PlayerEnd(int Player, string How, long Sats, string Entry, string TicketHash, string PayoutHash, string Script);

/// <summary>What the players said so far; filled from their process's lines, read by the demo's own loop.</summary>
internal sealed class PlayerFacts(int players)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _ready = [];
    private readonly HashSet<int> _away = [];
    private readonly Dictionary<int, (bool Wins, string Way, string Entry)> _outcomes = [];
    private readonly Dictionary<int, PlayerEnd> _ends = [];
    private readonly Dictionary<int, string> _tickets = [];
    private string? _failure;

    public void Take(JsonElement line)
    {
        var player = line.GetProperty("player").GetInt32();
        lock (_gate)
        {
            switch (line.GetProperty("step").GetString())
            {
                case "ticket":
                    _tickets[player] = line.GetProperty("ticket_hash").GetString()!;
                    break;
                case "away":
                    _away.Add(player);
                    break;
                case "back":
                    _away.Remove(player);
                    break;
                case "ready":
                    _ready.Add(player);
                    break;
                case "outcome":
                    _ready.Add(player);
                    _outcomes[player] = (line.GetProperty("wins").GetBoolean(), line.GetProperty("way").GetString()!, line.GetProperty("entry_id").GetString()!);
                    break;
                case "done":
                    _ready.Add(player);
                    _ends[player] = new PlayerEnd(
                        player, line.GetProperty("how").GetString()!, line.GetProperty("sats").GetInt64(), line.GetProperty("entry_id").GetString()!,
                        line.GetProperty("ticket_hash").GetString()!, line.GetProperty("payout_hash").GetString()!, line.GetProperty("script").GetString()!);
                    break;
                case "failed":
                    _failure ??= $"player {player}: {line.GetProperty("reason").GetString()}";
                    break;
                default:
                    break;
            }
        }
    }

    public string? Failure => Locked(() => _failure);

    /// <summary>Every player holds everything that a claim on chain needs.</summary>
    public bool AllReady => Locked(() => _ready.Count == players);

    /// <summary>Every player that is there holds it.</summary>
    public bool AllPresentReady => Locked(() => Enumerable.Range(0, players).All(player => _ready.Contains(player) || _away.Contains(player)));

    /// <summary>Every player has seen the outcome or is done.</summary>
    public bool AllKnowOutcome => Locked(() => Enumerable.Range(0, players).All(player => _outcomes.ContainsKey(player) || _ends.ContainsKey(player)));

    /// <summary>Every winner who wants Lightning has it.</summary>
    public bool AllPaid => Locked(() => _outcomes.All(outcome =>
        !outcome.Value.Way.StartsWith("Paid", StringComparison.Ordinal) || _ends.ContainsKey(outcome.Key)));

    public bool AllDone => Locked(() => _ends.Count == players);

    /// <summary>Entries of winners who do nothing about it.</summary>
    public ImmutableArray<string> Idle => Locked(() => _outcomes.Values.Where(outcome => outcome is { Wins: true, Way: "None" })
        .Select(outcome => outcome.Entry).ToImmutableArray());

    public ImmutableArray<PlayerEnd> Ends => Locked(() => _ends.Values.OrderBy(end => end.Player).ToImmutableArray());

    /// <summary>As many ends as there are tickets, for a competition that was called off: what became of each ticket is to be looked up.</summary>
    public ImmutableArray<PlayerEnd> CalledOff => Locked(() => _tickets.OrderBy(ticket => ticket.Key)
        .Select(ticket => new PlayerEnd(ticket.Key, "called_off", 0, string.Empty, ticket.Value, string.Empty, string.Empty)).ToImmutableArray());

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
