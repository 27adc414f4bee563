using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Chart.Tests;

/// <summary>One rendered Kubernetes object.</summary>
internal sealed record Document(string Source, JsonElement Json)
{
    public string Kind => Json.At("kind").GetString()!;

    public string Name => Json.At("metadata.name").GetString()!;

    /// <summary>The pod of a workload; null for any other kind.</summary>
    public JsonElement? Pod => Kind is "StatefulSet" or "Deployment" ? Json.At("spec.template.spec") : null;

    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>What the chart makes of values: rendered by Helm where it is on PATH, and always by our own renderer, through the root script.</summary>
internal static class Rendering
{
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<Document>>> Rendered = new();

    /// <summary>The three sets of values that the chart comes with.</summary>
    public static TheoryData<string> Values => ["default", "production", "clustered"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", ".."));

    public static string Folder => Path.Combine(Root, "helm", "coordinator");

    /// <summary>The objects of a named set of values.</summary>
    public static IReadOnlyList<Document> Of(string values)
        => Rendered.GetOrAdd(values, name => new Lazy<IReadOnlyList<Document>>(() => Objects(FilesOf(name)))).Value;

    /// <summary>The objects of a named set with single values over it.</summary>
    public static IReadOnlyList<Document> With(string values, params string[] sets) => Objects([.. FilesOf(values), .. sets.SelectMany(set => new[] { "--set", set })]);

    /// <summary>What the renderer says where it refuses.</summary>
    public static string RefusalOf(string values, params string[] sets)
    {
        var (code, output, complaint) = Run("bash", null, ["coordinator", "chart", "helm/coordinator", .. FilesOf(values), .. sets.SelectMany(set => new[] { "--set", set })]);
        Assert.True(code != 0, $"it was rendered: {output[..Math.Min(output.Length, 200)]}");
        return complaint;
    }

    public static (int Code, string Output, string Complaint) Run(string program, string? input, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, complaint) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} does not end");
        }

        return (process.ExitCode, output.Result, complaint.Result);
    }

    private static string[] FilesOf(string values) => values switch
    {
        "default" => [],
        "production" => ["-f", "helm/coordinator/values.production.yaml"],
        "clustered" => ["-f", "helm/coordinator/values.production.yaml", "-f", "helm/coordinator/values.clustered.yaml"],
        _ => throw new ArgumentException($"no values are named {values}", nameof(values)),
    };

    private static Document[] Objects(string[] options)
    {
        var own = Parse("bash", null, ["coordinator", "chart", "helm/coordinator", .. options]);
        if (Helm() is { } helm)
        {
            var (code, yaml, complaint) = Run(helm, null, ["template", "coordinator", "helm/coordinator", .. options]);
            Assert.True(code == 0, complaint);
            var theirs = Parse("bash", yaml, ["coordinator", "chart", "--documents"]);
            Assert.Equal(theirs.Select(Text).Order(StringComparer.Ordinal), own.Select(Text).Order(StringComparer.Ordinal));
        }

        return own;
    }

    private static Document[] Parse(string program, string? input, string[] arguments)
    {
        var (code, output, complaint) = Run(program, input, arguments);
        Assert.True(code == 0, complaint);
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray()
            .Select(item => new Document(item.At("source").GetString()!, item.At("document")))
            .Where(document => document.Json.ValueKind == JsonValueKind.Object)];
    }

    private static string Text(Document document) => JsonSerializer.Serialize(document.Json);

    private static string? Helm() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "helm")).FirstOrDefault(File.Exists);
}

/// <summary>Members of JSON by their path.</summary>
internal static class JsonPaths
{
    /// <summary>A member that has to be there: names between dots.</summary>
    public static JsonElement At(this JsonElement json, string path)
        => json.Find(path) ?? throw new Xunit.Sdk.XunitException($"there is no {path} in {json}");

    /// <summary>A member, or null.</summary>
    public static JsonElement? Find(this JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return null;
            }
        }

        return json.ValueKind == JsonValueKind.Null ? null : json;
    }

    /// <summary>The items of a list, none where it is absent.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement json, string path)
        => json.Find(path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static Dictionary<string, string> Labels(this JsonElement json, string path)
        => json.Find(path) is { } labels ? labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal) : [];
}
