using System.Text.Json;

namespace Coordinator.Testing;

/// <summary>Finds the known answers under <c>tests/vectors</c>.</summary>
public static class VectorFiles
{
    private static readonly Lazy<string> Root = new(FindRoot);

    /// <summary>The path of a known-answer file; the parts are relative to <c>tests/vectors</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string Path(params string[] parts)
    {
        var path = System.IO.Path.Combine([Root.Value, .. parts]);
        return File.Exists(path) || Directory.Exists(path) ? path : throw new FileNotFoundException($"no known answers at {path}");
    }

    /// <summary>A known-answer file as JSON. The caller disposes it.</summary>
    public static JsonDocument ReadJson(params string[] parts)
    {
        using var stream = File.OpenRead(Path(parts));
        return JsonDocument.Parse(stream);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Coordinator.sln")))
            {
                return System.IO.Path.Combine(folder.FullName, "tests", "vectors");
            }
        }
        throw new DirectoryNotFoundException($"no Coordinator.sln above {AppContext.BaseDirectory}");
    }
}
