using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>One SQLite file with one writer and a few readers. A write that was answered is on the disk.</summary>
/// <remarks>Commands wait in a bounded queue; those that wait together (at most 256) share one transaction and one fsync. A command that is
/// refused (a conflict, a constraint) fails alone; a failed COMMIT fails every command of its batch. Commands and queries run on the
/// database's own threads: they must not block, and must not touch the caller's mutable state.</remarks>
public sealed class SqliteDatabase : IDisposable, IAsyncDisposable
{
    private const int LargestBatch = 256;
    private const int GatherMilliseconds = 5;
    private readonly CommandThreads<WriteCommand> _writer;
    private readonly CommandThreads<ReadCommand> _readers;

    private SqliteDatabase(string path, SqliteDatabaseOptions options, SqliteConnection writing, Statements statements)
    {
        Path = path;
        var writer = new Writer(writing, statements, path);
        var readers = Enumerable.Range(0, options.Readers).Select(_ => OpenReader(path, options)).ToArray();
        _writer = new($"write {System.IO.Path.GetFileName(path)}", options.QueueCapacity, LargestBatch, [writer.Handle], GatherMilliseconds);
        _readers = new($"read {System.IO.Path.GetFileName(path)}", options.QueueCapacity, batchSize: 1, readers);
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>Opens the file, creates it if absent, checks it, and brings its tables up to date. Takes no folder lock.</summary>
    /// <exception cref="StorageException">Damaged, locked, full, not writable, of another kind, or written by a newer program.</exception>
    public static SqliteDatabase Open(string path, Schema schema, SqliteDatabaseOptions? options = null)
    {
        options ??= new SqliteDatabaseOptions();
        if (options.Readers is < 1 or > 16 || options.QueueCapacity < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "1 to 16 readers and a queue of at least 1");
        }
        var full = System.IO.Path.GetFullPath(path);
        SqliteConnection? writing = null;
        try
        {
            writing = Connect(full, options);
            var statements = new Statements(writing);
            Prepare(statements, schema, full, options);
            return new SqliteDatabase(full, options, writing, statements);
        }
        catch (Exception error)
        {
            writing?.Dispose();
            throw error is SqliteException sqlite ? SqliteErrors.From(sqlite, full) : error;
        }
    }

    /// <summary>Runs one statement. Answered after COMMIT.</summary>
    /// <param name="sql">A single statement with parameters $1, $2, …; a condition that finds nothing to change is how it refuses.</param>
    /// <returns>The number of changed rows.</returns>
    public Task<int> ExecuteAsync(string sql, params object?[] values)
        => WriteAsync(new WriteCommand<int>(statements => statements.Execute(sql, values), needsSavepoint: false));

    /// <summary>Runs several statements as one: all of them or, when <paramref name="command"/> throws, none. Answered after COMMIT.</summary>
    /// <param name="command">Runs on the writer thread. What it throws reaches the caller, and only this caller.</param>
    public Task<T> WriteAsync<T>(Func<Statements, T> command)
        => WriteAsync(new WriteCommand<T>(command, needsSavepoint: true));

    /// <summary>Runs one statement that answers rows (RETURNING). Answered after COMMIT.</summary>
    internal Task<IReadOnlyList<T>> ExecuteReturningAsync<T>(string sql, Func<SqliteDataReader, T> map, params object?[] values)
        => WriteAsync(new WriteCommand<IReadOnlyList<T>>(statements => statements.Query(sql, map, values), needsSavepoint: false));

    /// <summary>Runs queries on a read-only connection, in one snapshot that holds every write answered before.</summary>
    public async Task<T> ReadAsync<T>(Func<Statements, T> query)
    {
        var command = new ReadCommand<T>(query);
        return await _readers.EnqueueAsync(command).ConfigureAwait(false)
            ? await command.Answered.ConfigureAwait(false)
            : throw SqliteErrors.Closed(Path);
    }

    /// <summary>Walks the whole file. Slow on a large one; the writer goes on meanwhile.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.Corrupt"/> with the first complaint.</exception>
    public Task<bool> CheckAsync() => ReadAsync(statements =>
    {
        Check(statements, "PRAGMA integrity_check(1)", Path);
        return true;
    });

    /// <summary>Finishes what is queued, folds the log into the file and closes it. Safe to repeat. Blocks until it is done.</summary>
    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        _readers.Close();
        await _readers.Ended.ConfigureAwait(false);
        _writer.Close();
        await _writer.Ended.ConfigureAwait(false);
    }

    private async Task<T> WriteAsync<T>(WriteCommand<T> command) => await _writer.EnqueueAsync(command).ConfigureAwait(false)
        ? await command.Answered.ConfigureAwait(false)
        : throw SqliteErrors.Closed(Path);

    private static SqliteConnection Connect(string path, SqliteDatabaseOptions options)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 1, // the least; SQLite's own busy timeout below is the one that counts
        }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture,
                $"PRAGMA busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}; PRAGMA foreign_keys = ON;");
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(Statements statements, Schema schema, string path, SqliteDatabaseOptions options)
    {
        statements.Execute("PRAGMA page_size = 4096");
        var mode = FirstLook(statements, path);
        if (mode != "wal")
        {
            throw new StorageException(StorageFault.Other, $"the disk of {path} cannot hold a write-ahead log: use a local disk");
        }
        statements.Execute("PRAGMA synchronous = FULL");
        statements.Execute("PRAGMA journal_size_limit = 67108864");
        if (options.MaxPageCount is { } pages)
        {
            statements.Query(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"), row => row.GetInt32(0));
        }
        if (options.CheckOnOpen)
        {
            Check(statements, "PRAGMA quick_check(1)", path);
        }
        schema.Migrate(statements, path);
    }

    // A header that no SQLite would write is a plain SQLITE_ERROR here, and nothing else can be one yet.
    private static string? FirstLook(Statements statements, string path)
    {
        try
        {
            return statements.QueryFirst("PRAGMA journal_mode = WAL", row => row.GetString(0));
        }
        catch (SqliteException error) when (SqliteErrors.IsOwnFault(error))
        {
            throw SqliteErrors.Damaged(path, error);
        }
    }

    private static void Check(Statements statements, string pragma, string path)
    {
        var complaint = statements.QueryFirst(pragma, row => row.GetString(0));
        if (complaint != "ok")
        {
            throw SqliteErrors.Damaged(path, cause: null, complaint?.ReplaceLineEndings(" "));
        }
    }

    private static Action<IReadOnlyList<ReadCommand>> OpenReader(string path, SqliteDatabaseOptions options)
    {
        var connection = Connect(path, options);
        var statements = new Statements(connection);
        statements.Execute("PRAGMA query_only = ON");
        return batch =>
        {
            foreach (var command in batch)
            {
                command.RunAndAnswer(statements, path);
            }
            if (batch.Count == 0)
            {
                statements.Dispose();
                connection.Dispose();
            }
        };
    }
}
