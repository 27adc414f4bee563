using System.Text;
using System.Text.Json;

namespace Coordinator.Oracle.Wire;

/// <summary>The text of an error answer: <c>{"error":"text"}</c>, <c>{"error":{"type","detail"}}</c>, or plain text; one line,
/// cut.</summary>
internal static class ErrorText
{
    private const int MaximumLength = 300;

    internal static string Of(ReadOnlyMemory<byte> answer)
    {
        var text = Encoding.UTF8.GetString(answer.Span[..Math.Min(answer.Length, 4_096)]);
        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error))
            {
                text = error.ValueKind == JsonValueKind.Object
                    ? $"{Member(error, "type")}: {Member(error, "detail")}"
                    : error.ToString();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Plain text: taken as it is.
        }

        var line = new string([.. text.Take(MaximumLength).Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length == 0 ? "no text" : line;
    }

    private static string Member(JsonElement error, string name) => error.TryGetProperty(name, out var value) ? value.ToString() : "?";
}
