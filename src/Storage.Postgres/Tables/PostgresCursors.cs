using System.Text.Json;

namespace Coordinator.Storage.Postgres;

/// <summary>Small named values as JSON.</summary>
internal sealed class PostgresCursors(PostgresDatabase database, JsonSerializerOptions json) : JsonCursors(json)
{
    /// <inheritdoc/>
    protected override async Task<string?> FindAsync(string name)
        => (await database.ReadAsync("SELECT json FROM coordinator.cursor WHERE name = $1", row => row.GetString(0), name).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    protected override Task StoreAsync(string name, string text) => database.ExecuteAsync(new PostgresStatement(
        "INSERT INTO coordinator.cursor(name, json) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET json = excluded.json", name, text));
}
