using System.Text.Json;

namespace Coordinator.Storage.Sqlite;

/// <summary>Small named values as JSON.</summary>
/// <param name="database">With a <c>cursor</c> table. Not owned.</param>
/// <param name="json">How values are written.</param>
public sealed class SqliteCursors(SqliteDatabase database, JsonSerializerOptions json) : ICursorStore
{
    private readonly Documents _documents = new(json);

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(string name)
        where T : class
        => await FindAsync(name).ConfigureAwait(false) is { } text ? _documents.Read<T>(text, $"cursor {name}") : null;

    /// <inheritdoc/>
    public async Task<long?> GetNumberAsync(string name)
        => await FindAsync(name).ConfigureAwait(false) is { } text ? _documents.Read<long>(text, $"cursor {name}") : null;

    /// <inheritdoc/>
    public Task SetAsync<T>(string name, T value)
        where T : class
        => StoreAsync(name, _documents.Write(value));

    /// <inheritdoc/>
    public Task SetNumberAsync(string name, long value) => StoreAsync(name, _documents.Write(value));

    private Task<string?> FindAsync(string name) => database.ReadAsync(statements => statements.QueryFirst(
        "SELECT json FROM cursor WHERE name = $1", row => row.GetString(0), name));

    private Task<int> StoreAsync(string name, string text) => database.ExecuteAsync(
        "INSERT INTO cursor(name, json) VALUES ($1, $2) ON CONFLICT(name) DO UPDATE SET json = excluded.json", name, text);
}
