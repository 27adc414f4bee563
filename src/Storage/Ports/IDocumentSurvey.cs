using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>A stored document as it is, for a look at all of them.</summary>
/// <param name="Type">The grain's type.</param>
/// <param name="Key">The grain's key.</param>
/// <param name="Name">The document's name.</param>
/// <param name="Json">Its text.</param>
/// <param name="IsWhole">The text is the one that was written.</param>
public sealed record SurveyedDocument(string Type, string Key, string Name, string Json, bool IsWhole);

/// <summary>Reads every document in pages, whatever is in it. Changes nothing.</summary>
public interface IDocumentSurvey
{
    /// <summary>The next documents in order of type, key and name; empty at the end.</summary>
    /// <param name="after">The last of the page before; null begins.</param>
    /// <param name="most">At least 1.</param>
    Task<ImmutableArray<SurveyedDocument>> PageAsync(SurveyedDocument? after, int most = 100);
}
