namespace Coordinator.Repo.Tests.Source;

/// <summary>The files of the repository as a fresh clone has them: what is built or kept locally is left out.</summary>
internal static class Tree
{
    private static readonly string[] Local = [".git", ".vs", ".data", ".idea", "artifacts", "bin", "obj", "node_modules", "TestResults"];
    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<string[]> LazyFiles = new(() => [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)]);
    private static readonly Lazy<CodeFile[]> LazyCode = new(() => [.. Files
        .Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).AsParallel().AsOrdered().Select(CodeFile.Read)]);

    /// <summary>The folder that holds Coordinator.sln.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>Every file, relative to the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>Every C# file of src and tests, parsed.</summary>
    public static IReadOnlyList<CodeFile> Code => LazyCode.Value;

    /// <summary>Every C# file of the product, parsed.</summary>
    public static IEnumerable<CodeFile> Product => Code.Where(file => file.IsUnder("src"));

    /// <summary>Every project file.</summary>
    public static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Text that was written here: no known answers, no lock files.</summary>
    public static IEnumerable<string> OwnText => Files.Where(file => !file.StartsWith("tests/vectors/", StringComparison.Ordinal)
        && !file.EndsWith(".lock.json", StringComparison.Ordinal) && IsText(file));

    public static string Read(string file) => File.ReadAllText(Absolute(file));

    public static string Absolute(string file) => Path.Combine(Root, file);

    public static bool Exists(string path) => File.Exists(Absolute(path)) || Directory.Exists(Absolute(path));

    /// <summary>The folder of a file, relative to the root.</summary>
    public static string FolderOf(string file) => file.LastIndexOf('/') is var slash and >= 0 ? file[..slash] : "";

    private static bool IsText(string file) => Path.GetExtension(file) is not (".png" or ".jpg" or ".ico" or ".woff2" or ".db" or ".bin" or ".gz");

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) != ".git") // a worktree's link
            {
                yield return file;
            }
        }
        foreach (var inner in Directory.EnumerateDirectories(folder).Where(inner => !Local.Contains(Path.GetFileName(inner))))
        {
            foreach (var file in Walk(inner))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Coordinator.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"no Coordinator.sln above {AppContext.BaseDirectory}");
    }
}
