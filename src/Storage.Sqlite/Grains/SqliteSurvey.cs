using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>Reads every document of one file in pages.</summary>
/// <param name="database">With a <c>grain_state</c> table. Not owned.</param>
public sealed class SqliteSurvey(SqliteDatabase database) : IDocumentSurvey
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<SurveyedDocument>> PageAsync(SurveyedDocument? after, int most = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return await database.ReadAsync(statements => statements.Query(
            """
            SELECT type, key, name, data, digest FROM grain_state
            WHERE data IS NOT NULL AND (type, key, name) > ($1, $2, $3) ORDER BY type, key, name LIMIT $4
            """,
            row => new SurveyedDocument(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
                Documents.Digest(row.GetString(3)).AsSpan().SequenceEqual(row.IsDBNull(4) ? [] : row.GetFieldValue<byte[]>(4))),
            after?.Type ?? "", after?.Key ?? "", after?.Name ?? "", most).ToImmutableArray()).ConfigureAwait(false);
    }
}
