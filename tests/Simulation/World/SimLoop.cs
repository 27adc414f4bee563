using Coordinator.Testing;
using Orleans.Embedded;

namespace Coordinator.Simulation;

/// <summary>The one thread of a world: every turn of every grain, every continuation and every timer waits here, and the seed picks which
/// is next. Time passes only while nothing is ready. A turn that comes from another thread fails the seed: its order is not the seed's.</summary>
internal sealed class SimLoop : SynchronizationContext, ITurns
{
    private const int MostTurnsAtOneMoment = 300_000;

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _ready = [];
    private readonly SplitMix64 _choice;
    private string? _foreign;
    private Exception? _failure;
    private long _atThisMoment;

    public SimLoop(ulong seed)
    {
        _choice = new SplitMix64(seed);
        Clock = new SimClock(Post);
    }

    public SimClock Clock { get; }

    public long Turns { get; private set; }

    /// <summary>Called between two turns.</summary>
    public Action? Between { get; set; }

    public void Post(Action turn)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Interlocked.CompareExchange(ref _foreign, Environment.StackTrace, null);
            return;
        }

        _ready.Add(turn);
    }

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts work of the world; what it throws ends the seed.</summary>
    public void Go(Func<Task> work) => Post(() => _ = WatchedAsync(work));

    /// <summary>Runs until the task has ended.</summary>
    public void RunUntil(Task end)
    {
        while (!end.IsCompleted)
        {
            if (_ready.Count == 0)
            {
                _atThisMoment = 0;
                if (!Clock.StepToNextTimer())
                {
                    throw new Violation("progress", "nothing is ready and no timer is armed, but not everything has ended");
                }

                continue;
            }

            RunOne();
            Between?.Invoke();
        }

        end.GetAwaiter().GetResult();
    }

    private void RunOne()
    {
        var index = _choice.Below(_ready.Count);
        var turn = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Turns++;
        if (++_atThisMoment > MostTurnsAtOneMoment)
        {
            throw new Violation("progress", $"{_atThisMoment} turns while no time passed");
        }

        SetSynchronizationContext(this);
        turn();
        if (Volatile.Read(ref _foreign) is { } stack)
        {
            throw new Violation("determinism", $"a turn was posted from another thread:{Environment.NewLine}{stack}");
        }

        if (_failure is { } failure)
        {
            throw failure is Violation violation ? violation : new Violation("no unhandled exception", failure.ToString());
        }
    }

    private async Task WatchedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whatever it is, the loop throws it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure ??= failure;
        }
    }
}
