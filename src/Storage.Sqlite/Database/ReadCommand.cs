using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>One query in the queue of the readers, with its caller.</summary>
internal abstract class ReadCommand
{
    /// <summary>Runs the query in one snapshot and answers the caller. Never throws.</summary>
    public abstract void RunAndAnswer(Statements statements, string path);
}

/// <inheritdoc/>
internal sealed class ReadCommand<T>(Func<Statements, T> body) : ReadCommand
{
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answered => _caller.Task;

    public override void RunAndAnswer(Statements statements, string path)
    {
        try
        {
            statements.Execute("BEGIN");
            var result = body(statements);
            statements.Execute("COMMIT");
            _caller.TrySetResult(result);
        }
#pragma warning disable CA1031 // The caller waits for it: it gets whatever was thrown.
        catch (Exception error)
#pragma warning restore CA1031
        {
            EndSnapshot(statements);
            _caller.TrySetException(error is SqliteException sqlite ? SqliteErrors.From(sqlite, path) : error);
        }
    }

    private static void EndSnapshot(Statements statements)
    {
        try
        {
            if (statements.InTransaction)
            {
                statements.Execute("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // The next BEGIN on this connection reports what is wrong with it.
        }
    }
}
