namespace Coordinator.Storage.Sqlite;

/// <summary>One command in the queue of the writer, with its caller.</summary>
internal abstract class WriteCommand
{
    /// <summary>True when the command has several statements, and must be undone alone if one of them fails.</summary>
    public abstract bool NeedsSavepoint { get; }

    /// <summary>What only this command did wrong; it is answered after the commit, like a result.</summary>
    public Exception? Refusal { get; set; }

    public abstract void Run(Statements statements);

    /// <summary>Answers the caller with the result, or with <see cref="Refusal"/>. Only after COMMIT.</summary>
    public abstract void Answer();

    public abstract void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class WriteCommand<T>(Func<Statements, T> body, bool needsSavepoint) : WriteCommand
{
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answered => _caller.Task;

    public override bool NeedsSavepoint => needsSavepoint;

    public override void Run(Statements statements) => _result = body(statements);

    public override void Answer()
    {
        if (Refusal is null)
        {
            _caller.TrySetResult(_result!);
        }
        else
        {
            _caller.TrySetException(Refusal);
        }
    }

    public override void Fail(Exception error) => _caller.TrySetException(error);
}
