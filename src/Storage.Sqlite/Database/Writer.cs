using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>The one connection that writes. Commands that wait together are committed together; callers hear only after COMMIT.</summary>
internal sealed class Writer(SqliteConnection connection, Statements statements, string path)
{
    private StorageException? _broken;

    /// <summary>Runs on the writer thread only. An empty batch is the end: the log is folded into the file and the file closed.</summary>
    public void Handle(IReadOnlyList<WriteCommand> batch)
    {
        if (batch.Count == 0)
        {
            Close();
            return;
        }
        var failure = _broken ?? Commit(batch);
        foreach (var command in batch)
        {
            if (failure is null)
            {
                command.Answer();
            }
            else
            {
                command.Fail(failure);
            }
        }
    }

    private StorageException? Commit(IReadOnlyList<WriteCommand> batch)
    {
        try
        {
            statements.Execute("BEGIN IMMEDIATE");
            foreach (var command in batch)
            {
                Run(command);
            }
            statements.Execute("COMMIT");
            StorageMeter.Count(batch.Count);
            return null;
        }
        catch (SqliteException error)
        {
            return Undo(SqliteErrors.From(error, path), SqliteErrors.NeedsReopening(error));
        }
#pragma warning disable CA1031 // The writer outlives every command: whatever was thrown fails the commands of this transaction.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Undo(TransactionLost(error), needsReopening: false);
        }
    }

    private void Run(WriteCommand command)
    {
        if (!command.NeedsSavepoint)
        {
            RunAlone(command);
            RequireTransaction();
            return;
        }
        statements.Execute("SAVEPOINT command");
        RunAlone(command);
        RequireTransaction();
        if (command.Refusal is not null)
        {
            statements.Execute("ROLLBACK TO command");
        }
        statements.Execute("RELEASE command");
    }

    // A refusal stays with its command; what breaks the transaction goes up and fails the whole batch.
    private void RunAlone(WriteCommand command)
    {
        try
        {
            command.Run(statements);
        }
        catch (SqliteException error) when (SqliteErrors.IsOwnFault(error) && statements.InTransaction)
        {
            command.Refusal = SqliteErrors.From(error, path);
        }
        catch (Exception error) when (error is not SqliteException && statements.InTransaction)
        {
            command.Refusal = error;
        }
    }

    // A command that swallows an error which ended the transaction must not let the next ones write outside of one.
    private void RequireTransaction()
    {
        if (!statements.InTransaction)
        {
            throw TransactionLost(null);
        }
    }

    private StorageException TransactionLost(Exception? cause) => cause as StorageException
        ?? new StorageException(StorageFault.Other, $"a command ended the transaction of {path}: nothing of its batch was stored", cause);

    private StorageException Undo(StorageException failure, bool needsReopening)
    {
        try
        {
            if (statements.InTransaction)
            {
                statements.Execute("ROLLBACK");
            }
            if (needsReopening)
            {
                _broken = failure;
            }
        }
        catch (SqliteException)
        {
            _broken = failure; // the transaction can neither end nor be undone: nothing more is promised on this connection
        }
        return failure;
    }

    private void Close()
    {
        try
        {
            if (_broken is null)
            {
                statements.Query("PRAGMA wal_checkpoint(TRUNCATE)", row => row.GetInt32(0));
            }
        }
        catch (SqliteException)
        {
            // Everything committed is in the log on the disk; the next opening folds it in.
        }
        statements.Dispose();
        connection.Dispose();
    }
}
