namespace Coordinator.Storage.Sqlite;

/// <summary>How a database file is opened.</summary>
public sealed record SqliteDatabaseOptions
{
    /// <summary>How long a lock of another process is waited for before <see cref="StorageFault.Locked"/>. Default 2 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections that only read. 1 to 16, default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Commands that may wait for the writer before callers wait as well. At least 1, default 4096.</summary>
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>Whether opening walks the whole file and refuses a damaged one. Default true.</summary>
    public bool CheckOnOpen { get; init; } = true;

    /// <summary>The largest size in pages of 4096 bytes, or null for the disk's own limit.</summary>
    internal int? MaxPageCount { get; init; }
}
