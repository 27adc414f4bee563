using System.Data.Common;
using System.Text.Json;

namespace Coordinator.Grains;

/// <summary>A stored document that this program must not touch: a schema it does not know, or content that makes no sense.</summary>
/// <param name="message">Which document, and what is wrong with it; never a secret.</param>
public sealed class UnreadableDocumentException(string message) : InvalidOperationException(message)
{
    /// <summary>What storage or a grain said, for the operator; never what a parser or a database said of the content.</summary>
    public static string ReasonOf(Exception failure)
    {
        while (failure.InnerException is { } inner and not (JsonException or NotSupportedException or DbException))
        {
            failure = inner;
        }

        return failure.Message;
    }

    /// <exception cref="UnreadableDocumentException">The document is of another schema.</exception>
    public static void Require(int stored, int known, string document)
    {
        if (stored != known)
        {
            throw new UnreadableDocumentException($"{document} is stored with schema {stored}, this program knows {known}: run the program that wrote it");
        }
    }
}
