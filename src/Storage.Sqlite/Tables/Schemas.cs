namespace Coordinator.Storage.Sqlite;

/// <summary>The tables of the three databases. Steps are only ever appended.</summary>
public static class Schemas
{
    // A cleared document keeps its row without data, so that its ETag can never come back. digest: first 8 bytes of SHA-256(data).
    private const string GrainState = """
        CREATE TABLE grain_state(
            type TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
            etag INTEGER NOT NULL, data TEXT, digest BLOB,
            PRIMARY KEY (type, key, name)) STRICT;
        """;

    // Times are UTC ticks (100 ns since year 1); hash is the place on the ring.
    private const string Reminder = """
        CREATE TABLE reminder(
            type TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
            hash INTEGER NOT NULL, start_at INTEGER NOT NULL, period INTEGER NOT NULL, etag INTEGER NOT NULL,
            PRIMARY KEY (type, key, name)) STRICT;
        CREATE INDEX reminder_by_hash ON reminder(hash);
        """;

    private const string Artefact = """
        CREATE TABLE artefact(hash BLOB NOT NULL PRIMARY KEY, data BLOB NOT NULL) STRICT;
        CREATE TABLE artefact_owner(
            owner TEXT NOT NULL, hash BLOB NOT NULL REFERENCES artefact(hash),
            PRIMARY KEY (owner, hash)) STRICT, WITHOUT ROWID;
        CREATE INDEX artefact_owner_by_hash ON artefact_owner(hash);
        """;

    private const string Directory = """
        CREATE TABLE directory(
            kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (kind, key)) STRICT;
        """;

    private const string Reservation = """
        CREATE TABLE reservation(
            outpoint TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, satoshis INTEGER, broadcast_txid TEXT) STRICT;
        CREATE INDEX reservation_by_owner ON reservation(owner);
        """;

    private const string Cursor = "CREATE TABLE cursor(name TEXT NOT NULL PRIMARY KEY, json TEXT NOT NULL) STRICT;";

    /// <summary><c>competitions.db</c>: competitions, reminders, artefacts, lists.</summary>
    public static Schema Competitions { get; } = new("competitions", [GrainState + Reminder + Artefact + Directory + Cursor]);

    /// <summary><c>users.db</c>: users and their lists.</summary>
    public static Schema Users { get; } = new("users", [GrainState + Directory + Cursor]);

    /// <summary><c>bitcoin.db</c>: the wallet's documents, coin reservations, watchers' cursors.</summary>
    public static Schema Bitcoin { get; } = new("bitcoin", [GrainState + Reservation + Cursor]);
}
