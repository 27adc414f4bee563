using System.Text.Json;
using Coordinator.Cli.Demo;

namespace Coordinator.Cli.Synth;

/// <summary>Which steps of a run are done, and when something last went on. Fed by the players' process and by looks at the competition.</summary>
internal sealed class SynthSteps(Guid run, int users, SynthHistory history, DemoLog log, IEnumerable<string> known, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [.. known];
    private readonly HashSet<int> _accounts = [];
    private readonly Dictionary<int, long> _outcomes = [];
    private readonly Dictionary<int, (long Sats, long FeeMsat)> _spent = [];
    private readonly Dictionary<int, long> _received = [];
    private readonly long _start = clock.GetTimestamp();
    private long _progress = clock.GetTimestamp();
    private DateTimeOffset _last;
    private string _state = "none";

    /// <summary>Since something last went on.</summary>
    public TimeSpan Quiet => clock.GetElapsedTime(Interlocked.Read(ref _progress));

    public string State => _state;

    /// <summary>Satoshis and routing fee that each player's ticket cost.</summary>
    public IReadOnlyList<(long Sats, long FeeMsat)> Spent => Locked(() => _spent.Values.ToList());

    /// <summary>What each winner's node says that it received.</summary>
    public IReadOnlyList<long> Received => Locked(() => _received.Values.ToList());

    /// <summary>A line of the players' process.</summary>
    public void Take(JsonElement line)
    {
        var (player, step) = (line.GetProperty("player").GetInt32(), line.GetProperty("step").GetString()!);
        lock (_gate)
        {
            Interlocked.Exchange(ref _progress, clock.GetTimestamp());
            log.Tell("user", $"user_{player + 1}: {step.Replace('_', ' ')}", ("user", $"user_{player + 1}"), ("step", step));
            switch (step)
            {
                case "account" when _accounts.Add(player) && _accounts.Count == users:
                    Done("load_users", clock.GetElapsedTime(_start));
                    break;
                case "entered":
                    Done($"user_{player + 1}_enter", clock.GetElapsedTime(_start));
                    break;
                case "outcome":
                    _outcomes[player] = clock.GetTimestamp();
                    break;
                case "received":
                    _received[player] = line.GetProperty("sats").GetInt64();
                    Done($"user_{player + 1}_payout", clock.GetElapsedTime(_outcomes.GetValueOrDefault(player, _start)));
                    break;
                case "spent":
                    _spent[player] = (line.GetProperty("sats").GetInt64(), line.GetProperty("fee_msat").GetInt64());
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The competition as it is: every state that it has passed since the last look is a step, by the service's own times.</summary>
    public void Notice(JsonElement competition)
    {
        lock (_gate)
        {
            var state = competition.GetProperty("state").GetString()!;
            if (state != _state)
            {
                log.Tell("state", $"state {_state} -> {state}", ("from", _state), ("to", state));
                _state = state;
                Interlocked.Exchange(ref _progress, clock.GetTimestamp());
            }

            foreach (var (at, name) in Operator.CompetitionText.Passed(competition))
            {
                if (name != "created" && !_known.Contains($"wait_{name}"))
                {
                    Done($"wait_{name}", _last == default ? TimeSpan.Zero : at - _last);
                }

                _last = at;
            }
        }
    }

    /// <summary>A step is done; the same again is not recorded.</summary>
    public void Done(string step, TimeSpan took)
    {
        lock (_gate)
        {
            if (_known.Add(step))
            {
                history.Step(run, step, took.TotalSeconds);
                log.Tell("step", $"{step} done in {took.TotalSeconds:F1} s", ("step", step), ("seconds", Math.Round(took.TotalSeconds, 3)));
            }
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
