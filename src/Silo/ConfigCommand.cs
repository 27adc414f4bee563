using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coordinator.Silo;

/// <summary>
/// <c>config check FILE [--set Key=Value]… [--engine Embedded|Microsoft] [--files] [--json]</c>: what the start would complain about; opens no
/// database, listens nowhere, makes nothing.
/// <c>config reference</c>: every key, as docs/configuration.md has them.
/// </summary>
internal static class ConfigCommand
{
    private const string Usage = "use config check FILE [--set Key=Value]... [--engine Embedded|Microsoft] [--files] [--json], or config reference";
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>0; 2 where there are complaints, or the arguments are none of the above.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is ["reference"])
        {
            await output.WriteAsync(ConfigurationReference.Text());
            return 0;
        }

        if (args is not ["check", var file, .. var rest] || file.StartsWith("--", StringComparison.Ordinal))
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }

        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var (files, json, hasClusters) = (false, false, (bool?)null);
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == "--set" && i + 1 < rest.Length && rest[i + 1].IndexOf('=', StringComparison.Ordinal) is > 0 and var split)
            {
                overrides[rest[i + 1][..split].Trim()] = rest[++i][(split + 1)..];
                continue;
            }

            if (rest[i] == "--engine" && i + 1 < rest.Length && rest[i + 1] is "Embedded" or "Microsoft")
            {
                hasClusters = rest[++i] == "Microsoft";
                continue;
            }

            (files, json) = (files || rest[i] == "--files", json || rest[i] == "--json");
            if (rest[i] is not ("--files" or "--json"))
            {
                await errors.WriteLineAsync($"'{rest[i]}' is not understood: {Usage}");
                return 2;
            }
        }

        return await TellAsync(file, SiloConfiguration.Check(file, overrides, files, hasClusters), json, output, errors);
    }

    private static async Task<int> TellAsync(string file, IReadOnlyList<string> complaints, bool json, TextWriter output, TextWriter errors)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new Dictionary<string, object> { ["file"] = file, ["good"] = complaints.Count == 0, ["complaints"] = complaints }, Json));
        }
        else if (complaints.Count == 0)
        {
            await output.WriteLineAsync($"{file}: good");
        }
        else
        {
            await errors.WriteLineAsync(string.Join('\n', complaints));
        }

        return complaints.Count == 0 ? 0 : 2;
    }
}
