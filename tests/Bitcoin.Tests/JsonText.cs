using System.Text.Json;

namespace Coordinator.Bitcoin.Tests;

internal static class JsonText
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>Null where the property is missing or null.</summary>
    public static string? TextOrNull(this JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
