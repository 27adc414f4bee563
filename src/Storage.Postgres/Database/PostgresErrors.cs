using System.Text;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Turns errors of the server and of the way to it into <see cref="StorageException"/>. No message quotes data, a user or a password.</summary>
internal static class PostgresErrors
{
    /// <summary>Raised by the guard of every write: the epoch is another coordinator's.</summary>
    public const string FencedState = "CO001";

    /// <param name="error">Whatever a command threw.</param>
    /// <param name="place">Host and database.</param>
    public static StorageException From(Exception error, string place) => error switch
    {
        StorageException known => known,
        { InnerException: StorageException known } => known,
        PostgresException refused => new StorageException(FaultOf(refused.SqlState), Sentence(refused, place), refused),
        ObjectDisposedException => new StorageException(StorageFault.Other, $"{place} is closed"),
        NpgsqlException { InnerException: TimeoutException } => new StorageException(
            StorageFault.Other, $"{place} did not answer in time: whether a write happened is unknown", error),
        EncoderFallbackException => Unkeepable(place),
        _ => new StorageException(StorageFault.Other, $"{place} cannot be reached, or the connection broke: whether a write happened is unknown", error),
    };

    public static StorageException Fenced(string place)
        => new(StorageFault.Fenced, $"another coordinator has taken over {place}: nothing was stored");

    /// <summary>PostgreSQL keeps no U+0000 in text, and UTF-8 no half of a surrogate pair.</summary>
    public static StorageException Unkeepable(string place)
        => new(StorageFault.Other, $"a key or a name holds a character that {place} cannot keep (U+0000, or half of a surrogate pair): nothing was stored");

    /// <summary>True where the connection may have been gone before the command reached the server.</summary>
    public static bool IsBroken(Exception error) => error is NpgsqlException and not PostgresException && error.InnerException is not (TimeoutException or StorageException)
        || error is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown };

    private static StorageFault FaultOf(string state) => state switch
    {
        FencedState => StorageFault.Fenced,
        PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => StorageFault.Full,
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => StorageFault.Corrupt,
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction => StorageFault.ReadOnly,
        _ => StorageFault.Other,
    };

    private static string Sentence(PostgresException error, string place) => error.SqlState switch
    {
        FencedState => Fenced(place).Message,
        PostgresErrorCodes.DiskFull => $"no room left on the disk of {place}: nothing was stored, free some space",
        PostgresErrorCodes.OutOfMemory => $"the server of {place} has no memory left: nothing was stored",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => $"{place} is damaged: stop, keep its files, and restore a backup",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            => $"{place} refuses the user or its password: check the connection string and the server's pg_hba.conf",
        PostgresErrorCodes.InvalidCatalogName => $"{place} does not exist: create the database first",
        PostgresErrorCodes.InsufficientPrivilege
            => $"the user may not do what the coordinator needs in {place}: let it own the database, or grant it CREATE on it and everything in the schema {PostgresSteps.SchemaName}",
        PostgresErrorCodes.ReadOnlySqlTransaction => $"{place} cannot be written: it is read only, or a standby server",
        PostgresErrorCodes.TooManyConnections => $"the server of {place} has no connection left: raise max_connections",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            => $"the server of {place} ends, begins or cut the connection: whether a write happened is unknown",
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => $"{place} did not answer in time: nothing was stored",
        _ => $"{place} failed with PostgreSQL code {error.SqlState}",
    };
}
