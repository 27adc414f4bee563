using System.Text.Json;

namespace Coordinator.Chart.Tests;

/// <summary>The service's configuration inside a rendered config map.</summary>
internal static class Configuration
{
    private const string Secrets = "/run/coordinator/secrets/";

    /// <summary>As the config map of this name holds it.</summary>
    public static JsonElement Of(string values, string map) => JsonDocument.Parse(TextOf(Rendering.Of(values), map)).RootElement;

    public static string TextOf(IReadOnlyList<Document> documents, string map)
        => documents.Single(document => document.Kind == "ConfigMap" && document.Name == map).Json.At("data").GetProperty("coordinator.json").GetString()!;

    /// <summary>Writes the configuration into a folder of this machine, its secrets beside it with the modes that the pod gives them, and says where.</summary>
    public static string Unpack(string text, string folder)
    {
        var secrets = Path.Combine(folder, "secrets");
        Directory.CreateDirectory(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in SecretNames(text))
        {
            var path = Path.Combine(secrets, name);
            File.WriteAllText(path, name == "operator.token" ? new string('a', 64) : name);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        }

        var file = Path.Combine(folder, "coordinator.json");
        File.WriteAllText(file, text.Replace(Secrets, secrets + "/", StringComparison.Ordinal).Replace("/var/lib/", folder + "/", StringComparison.Ordinal));
        return file;
    }

    private static IEnumerable<string> SecretNames(string text)
        => text.Split('"').Where(word => word.StartsWith(Secrets, StringComparison.Ordinal)).Select(word => word[Secrets.Length..])
            .Where(name => name != "coordinator_private_key.pem").Distinct(StringComparer.Ordinal);
}
