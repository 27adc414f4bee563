using System.Collections.Immutable;
using System.Globalization;

namespace Coordinator.Storage.Postgres;

/// <summary>The tables as a list of steps that only ever grows. A released step is never changed or removed.</summary>
internal static class PostgresSteps
{
    /// <summary>Everything is in this schema of the database.</summary>
    public const string SchemaName = "coordinator";

    // Which coordinator may write. The guard waits for whoever raises the epoch; its second statement sees what that one stored, because each
    // statement of a volatile function has a snapshot of its own at read committed.
    private static readonly string Lease = string.Create(CultureInfo.InvariantCulture, $"""
        CREATE TABLE coordinator.lease(one boolean PRIMARY KEY CHECK (one), epoch bigint NOT NULL);
        INSERT INTO coordinator.lease(one, epoch) VALUES (true, 0);
        CREATE FUNCTION coordinator.guard(own bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $body$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared({PostgresLocks.Fence});
            IF (SELECT epoch FROM coordinator.lease) IS DISTINCT FROM own THEN
                RAISE EXCEPTION 'another coordinator has taken over' USING ERRCODE = '{PostgresErrors.FencedState}';
            END IF;
        END
        $body$;
        CREATE TABLE coordinator.lineage(
            one boolean PRIMARY KEY CHECK (one), generation bigint NOT NULL, system_identifier text NOT NULL, timeline text NOT NULL, xid bigint NOT NULL);
        """);

    // A cleared document keeps its row without data, so that its ETag can never come back. digest: first 8 bytes of SHA-256(data).
    // Reminders: times are UTC ticks (100 ns since year 1); hash is the place on the ring.
    private const string Tables = """
        CREATE TABLE coordinator.grain_state(
            store text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
            etag bigint NOT NULL, data text COLLATE "C", digest bytea,
            PRIMARY KEY (store, type, key, name));
        CREATE TABLE coordinator.reminder(
            type text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
            hash bigint NOT NULL, start_at bigint NOT NULL, period bigint NOT NULL, etag bigint NOT NULL,
            PRIMARY KEY (type, key, name));
        CREATE INDEX reminder_by_hash ON coordinator.reminder(hash);
        CREATE TABLE coordinator.artefact(hash bytea PRIMARY KEY, data bytea NOT NULL);
        CREATE TABLE coordinator.artefact_owner(
            owner text COLLATE "C" NOT NULL, hash bytea NOT NULL REFERENCES coordinator.artefact(hash), PRIMARY KEY (owner, hash));
        CREATE INDEX artefact_owner_by_hash ON coordinator.artefact_owner(hash);
        CREATE TABLE coordinator.directory(
            store text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, version bigint NOT NULL, json text COLLATE "C" NOT NULL,
            PRIMARY KEY (store, kind, key));
        CREATE TABLE coordinator.reservation(
            outpoint text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, satoshis bigint, broadcast_txid text COLLATE "C");
        CREATE INDEX reservation_by_owner ON coordinator.reservation(owner);
        CREATE TABLE coordinator.cursor(name text COLLATE "C" PRIMARY KEY, json text COLLATE "C" NOT NULL)
        """;

    /// <summary>SQL scripts; step n leads from version n to n + 1.</summary>
    public static ImmutableArray<string> All { get; } = [Lease + "\n" + Tables];
}
