using System.Text.Json;

namespace Coordinator.Storage.Postgres;

/// <summary>Small named values as JSON.</summary>
internal sealed class PostgresCursors(PostgresDatabase database, JsonSerializerOptions json) : ICursorStore
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

    private async Task<string?> FindAsync(string name)
        => (await database.ReadAsync("SELECT json FROM coordinator.cursor WHERE name = $1", row => row.GetString(0), name).ConfigureAwait(false)).FirstOrDefault();

    private Task StoreAsync(string name, string text) => database.ExecuteAsync(new PostgresStatement(
        "INSERT INTO coordinator.cursor(name, json) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET json = excluded.json", name, text));
}
