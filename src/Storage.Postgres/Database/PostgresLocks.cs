namespace Coordinator.Storage.Postgres;

/// <summary>The advisory locks of the database; their numbers are for ever, since programs of several versions meet in one database.</summary>
internal static class PostgresLocks
{
    /// <summary>Held by the session of the one active coordinator.</summary>
    public const long Lease = 0x636F_6F72_6400_0001;

    /// <summary>Shared by every write transaction; exclusive while the epoch is raised or the schema changes.</summary>
    public const long Fence = 0x636F_6F72_6400_0002;

    /// <summary>One change of reservations at a time: a look at the coins and the change are one.</summary>
    public const long Reservations = 0x636F_6F72_6400_0003;

    /// <summary>Shared by those that add artefacts, exclusive to those that remove them.</summary>
    public const long Artefacts = 0x636F_6F72_6400_0004;

    /// <summary>Holds a lock until the transaction ends.</summary>
    public static PostgresStatement Exclusive(long number) => new("SELECT pg_advisory_xact_lock($1)", number);

    /// <summary>As <see cref="Exclusive"/>, beside others that share it.</summary>
    public static PostgresStatement Shared(long number) => new("SELECT pg_advisory_xact_lock_shared($1)", number);
}
