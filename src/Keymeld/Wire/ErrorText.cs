using System.Text;
using System.Text.Json;

namespace Coordinator.Keymeld.Wire;

/// <summary>The text of an error answer: <c>{"error":{"type","message"}}</c> or plain text; one line, cut. For people only.</summary>
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
                    ? $"{Member(error, "type")}: {Member(error, "message")}"
                    : error.ToString();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Plain text: taken as it is.
        }

        return Line(text);
    }

    /// <summary>One line of at most 300 characters without control characters.</summary>
    internal static string Line(string text)
    {
        var line = new string([.. text.Take(MaximumLength).Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length == 0 ? "no text" : line;
    }

    private static string Member(JsonElement error, string name) => error.TryGetProperty(name, out var value) ? value.ToString() : "?";
}
