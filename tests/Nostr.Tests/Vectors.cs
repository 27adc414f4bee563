using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Nostr.Tests;

/// <summary>The published NIP files under tests/vectors/nips.</summary>
internal static class Vectors
{
    internal static JsonElement File(string name)
    {
        using var document = VectorFiles.ReadJson("nips", name);
        return document.RootElement.Clone();
    }

    internal static IEnumerable<JsonElement> Cases(string name) => File(name).GetProperty("cases").EnumerateArray();
}
