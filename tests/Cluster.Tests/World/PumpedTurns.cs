using System.Collections.Concurrent;
using Orleans.Embedded;

namespace Coordinator.Cluster.Tests;

/// <summary>Every turn of every grain waits here until the test's own thread takes it: one order, the same every time.</summary>
internal sealed class PumpedTurns : ITurns, IDisposable
{
    private readonly BlockingCollection<Action> _turns = [];

    public void Post(Action turn) => _turns.Add(turn);

    /// <summary>Runs the next turn; false where none comes within the patience.</summary>
    public bool RunOne(TimeSpan patience)
    {
        if (!_turns.TryTake(out var turn, patience))
        {
            return false;
        }

        turn();
        return true;
    }

    public void Dispose() => _turns.Dispose();
}
