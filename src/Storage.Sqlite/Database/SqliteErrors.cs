using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>Turns SQLite result codes into <see cref="StorageException"/>.</summary>
internal static class SqliteErrors
{
    private const int Error = 1;
    private const int Busy = 5;
    private const int TableLocked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int Range = 25;
    private const int NotADatabase = 26;

    /// <summary>True where only the command itself is at fault and the transaction around it is sound.</summary>
    public static bool IsOwnFault(SqliteException error)
        => error.SqliteErrorCode is Error or TooBig or Constraint or Mismatch or Range;

    public static StorageException From(SqliteException error, string path)
    {
        var fault = error.SqliteErrorCode switch
        {
            Busy or TableLocked => StorageFault.Locked,
            ReadOnly => StorageFault.ReadOnly,
            Corrupt or NotADatabase => StorageFault.Corrupt,
            Full => StorageFault.Full,
            _ => StorageFault.Other,
        };
        return new StorageException(fault, Sentence(fault, error, path), error);
    }

    /// <summary>True where the outcome on the disk is unknown or the file is damaged: only opening the file anew tells.</summary>
    public static bool NeedsReopening(SqliteException error)
        => error.SqliteErrorCode is not (Busy or TableLocked or ReadOnly or Full or Constraint or Error);

    public static StorageException Closed(string path)
        => new(StorageFault.Other, $"the database {path} is closed");

    public static StorageException Damaged(string path, Exception? cause, string? complaint = null)
        => new(StorageFault.Corrupt, DamagedSentence(path) + (complaint is null ? "" : $" ({complaint})"), cause);

    private static string Sentence(StorageFault fault, SqliteException error, string path) => fault switch
    {
        StorageFault.Full => $"no room left on the disk of {path}: nothing was stored, free some space",
        StorageFault.Locked => $"the database {path} is locked by another process: stop it and try again",
        StorageFault.Corrupt => DamagedSentence(path),
        StorageFault.ReadOnly => $"the database {path} cannot be written by this user: check owner and mode of file and folder",
        StorageFault.Other or StorageFault.Fenced => error.SqliteErrorCode == CannotOpen
            ? $"the database {path} cannot be opened: check that its folder exists and that this user may write it"
            : $"the database {path} failed with SQLite code {error.SqliteExtendedErrorCode}",
    };

    private static string DamagedSentence(string path) => $"the database {path} is damaged: stop, keep the file, and restore a backup";
}
