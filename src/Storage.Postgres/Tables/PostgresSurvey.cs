using System.Collections.Immutable;

namespace Coordinator.Storage.Postgres;

/// <summary>Reads every document of one store in pages.</summary>
internal sealed class PostgresSurvey(PostgresDatabase database, string store) : IDocumentSurvey
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<SurveyedDocument>> PageAsync(SurveyedDocument? after, int most = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return [.. await database.ReadAsync(
            """
            SELECT type, key, name, data, digest FROM coordinator.grain_state
            WHERE store = $1 AND data IS NOT NULL AND (type, key, name) > ($2, $3, $4) ORDER BY type, key, name LIMIT $5
            """,
            row => new SurveyedDocument(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
                Documents.Digest(row.GetString(3)).AsSpan().SequenceEqual(row.IsDBNull(4) ? [] : row.GetFieldValue<byte[]>(4))),
            store, after?.Type ?? "", after?.Key ?? "", after?.Name ?? "", (long)most).ConfigureAwait(false)];
    }
}
