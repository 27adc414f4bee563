using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coordinator.Chart.Tests;

/// <summary>The Dockerfile, read as simply as it is written: one instruction a line, continued by a backslash.</summary>
internal static partial class ContainerFile
{
    private static readonly Lazy<(string Word, string Text)[]> Lines = new(() => [.. Continued().Replace(File.ReadAllText(Path.Combine(Rendering.Root, "Dockerfile")), " ")
        .Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1].Trim()))]);

    public static IEnumerable<string> All(string instruction) => Lines.Value.Where(line => line.Word == instruction).Select(line => line.Text);

    /// <summary>The instructions of the last stage, which is what runs.</summary>
    public static IEnumerable<string> Final(string instruction) => Lines.Value.Reverse().TakeWhile(line => line.Word != "FROM").Reverse()
        .Where(line => line.Word == instruction).Select(line => line.Text);

    /// <summary>Paths of this repository that are copied into the image.</summary>
    public static IEnumerable<string> Copied() => All("COPY").Where(copy => !copy.StartsWith("--from", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ')[..^1]);

    /// <summary>The commands that make the programs, as words, by the folder they make.</summary>
    public static IReadOnlyDictionary<string, string[]> Publishes() => All("RUN").Where(run => run.StartsWith("dotnet publish ", StringComparison.Ordinal))
        .Select(run => run.Split(' ')).ToDictionary(words => words[Array.IndexOf(words, "-o") + 1], words => words[1..], StringComparer.Ordinal);

    /// <summary>A command in its JSON form.</summary>
    public static string[] Words(string json) => JsonSerializer.Deserialize<string[]>(json[json.IndexOf('[', StringComparison.Ordinal)..])!;

    [GeneratedRegex("""\\\n\s*""", RegexOptions.None, 10_000)]
    private static partial Regex Continued();
}
