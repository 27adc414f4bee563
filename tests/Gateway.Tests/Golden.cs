using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coordinator.Gateway.Tests;

/// <summary>The answers' files.</summary>
internal static class Golden
{
    /// <summary>A file without its blanks, byte for byte what goes over the wire.</summary>
    public static string Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name)));
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(json);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>What a row answers: a file, a file in a list, or the text itself.</summary>
    public static string Answer(string text)
        => text.EndsWith(".json", StringComparison.Ordinal) ? Read(text)
            : text.EndsWith(".json]", StringComparison.Ordinal) ? $"[{Read(text[1..^1])}]"
            : text;
}
