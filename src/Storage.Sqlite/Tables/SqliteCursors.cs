using System.Text.Json;

namespace Coordinator.Storage.Sqlite;

/// <summary>Small named values as JSON.</summary>
/// <param name="database">With a <c>cursor</c> table. Not owned.</param>
/// <param name="json">How values are written.</param>
public sealed class SqliteCursors(SqliteDatabase database, JsonSerializerOptions json) : JsonCursors(json)
{
    /// <inheritdoc/>
    protected override Task<string?> FindAsync(string name) => database.ReadAsync(statements => statements.QueryFirst(
        "SELECT json FROM cursor WHERE name = $1", row => row.GetString(0), name));

    /// <inheritdoc/>
    protected override Task StoreAsync(string name, string text) => database.ExecuteAsync(
        "INSERT INTO cursor(name, json) VALUES ($1, $2) ON CONFLICT(name) DO UPDATE SET json = excluded.json", name, text);
}
