using Coordinator.Testing;

namespace Coordinator.Simulation;

/// <summary>When the process dies next: after a number of turns that the seed draws, there and then or at the next write.</summary>
internal sealed class KillPlan
{
    private readonly SplitMix64 _random;
    private readonly FaultSource _faults;
    private readonly FaultPlan _plan;
    private int _left;
    private long _turns;
    private KillKind _kind;

    public KillPlan(SplitMix64 random, FaultSource faults, FaultPlan plan)
    {
        (_random, _faults, _plan, _left) = (random, faults, plan, plan.Kills);
        Next();
    }

    /// <summary>Whether the process dies now, in this way.</summary>
    public bool Takes(KillKind kind)
    {
        if (_left <= 0 || _kind != kind || _turns > 0 || !_faults.Active)
        {
            return false;
        }

        _left--;
        Next();
        return true;
    }

    /// <summary>One turn has passed.</summary>
    public void Turn() => _turns--;

    private void Next()
    {
        _turns = 1 + _random.Below(_plan.MeanTurnsToKill * 2);
        _kind = (KillKind)_random.Below(3);
    }
}
