using System.Diagnostics.CodeAnalysis;

namespace Orleans.Embedded;

/// <summary>The task scheduler of one activation: one task at a time, whatever thread it is on. It is also how code knows which grain
/// it runs for: inside <c>Task.Run</c> and after <c>ConfigureAwait(false)</c> there is no current grain, as it must be.</summary>
internal sealed class ActivationScheduler : TaskScheduler
{
    private const int TasksPerTurn = 16;

    [ThreadStatic]
    private static ActivationScheduler? t_running;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _queue = new();
    private readonly ITurns _turns;
    private readonly Action _turn;
    private bool _posted;
    private bool _dead;

    public ActivationScheduler(Activation activation, ITurns turns)
    {
        Activation = activation;
        _turns = turns;
        _turn = RunTurn;
    }

    public Activation Activation { get; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts work on this scheduler, without the ambient context of whoever asks.</summary>
    public void Start(Action<object?> work, object? state)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = Task.Factory.StartNew(work, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
            return;
        }
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Factory.StartNew(work, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
        }
    }

    /// <summary>Drops what waits and whatever comes: the activation's continuations are never run again.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _dead = true;
            _queue.Clear();
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_dead)
            {
                return;
            }
            _queue.Enqueue(task);
            if (_posted)
            {
                return;
            }
            _posted = true;
        }
        _turns.Post(_turn);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(t_running, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _queue];
        }
    }

    private void RunTurn()
    {
        var outer = t_running;
        var context = SynchronizationContext.Current;
        // An await looks for a synchronization context before it looks for a scheduler, and would leave the grain.
        SynchronizationContext.SetSynchronizationContext(null);
        t_running = this;
        try
        {
            for (var count = 0; count < TasksPerTurn && TryTake(out var task); count++)
            {
                TryExecuteTask(task);
            }
        }
        finally
        {
            t_running = outer;
            SynchronizationContext.SetSynchronizationContext(context);
        }
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _posted = false;
                return;
            }
        }
        _turns.Post(_turn);
    }

    private bool TryTake([NotNullWhen(true)] out Task? task)
    {
        lock (_gate)
        {
            return _queue.TryDequeue(out task);
        }
    }
}
