namespace Orleans.Embedded;

/// <summary>Where code runs that belongs to the engine and to no grain, such as a filter around a call from outside: its first part at once, all that
/// follows as turns. Without it the rest would run on whatever thread ends the wait.</summary>
internal sealed class TurnScheduler(ITurns turns) : TaskScheduler
{
    /// <summary>Starts work now, on this thread.</summary>
    public void Start(Action work) => new Task(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach).RunSynchronously(this);

    protected override void QueueTask(Task task) => turns.Post(() => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
