using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>A stored document as it is, for a look at all of them.</summary>
/// <param name="Type">The grain's type.</param>
/// <param name="Key">The grain's key.</param>
/// <param name="Name">The document's name.</param>
/// <param name="Json">Its text.</param>
/// <param name="IsWhole">The text is the one that was written.</param>
public sealed record SurveyedDocument(string Type, string Key, string Name, string Json, bool IsWhole);

/// <summary>Reads every document of a database in pages, whatever is in it. Changes nothing.</summary>
/// <param name="database">With a <c>grain_state</c> table. Not owned.</param>
public sealed class DocumentSurvey(SqliteDatabase database)
{
    /// <summary>The next documents in order of type, key and name; empty at the end.</summary>
    /// <param name="after">The last of the page before; null begins.</param>
    /// <param name="most">At least 1.</param>
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
