namespace Coordinator.Competitions.Tests;

/// <summary>Text files beside the tests that a reviewer reads. <c>COORDINATOR_WRITE_GOLDEN=1</c> writes them anew; the difference is then reviewed.</summary>
internal static class Golden
{
    public static string PathOf(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coordinator.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("the repository is not above the tests"), "tests", "Competitions.Tests", name);
    }

    public static string Read(string name) => File.ReadAllText(PathOf(name)).ReplaceLineEndings("\n");

    public static void AssertSame(string name, string actual)
    {
        if (Environment.GetEnvironmentVariable("COORDINATOR_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(PathOf(name), actual);
        }

        var (expected, now) = (Read(name).Split('\n'), actual.Split('\n'));
        for (var line = 0; line < Math.Max(expected.Length, now.Length); line++)
        {
            var (old, here) = (expected.ElementAtOrDefault(line), now.ElementAtOrDefault(line));
            Assert.True(old == here, $"{name}, line {line + 1}: was '{old}', is '{here}'. COORDINATOR_WRITE_GOLDEN=1 writes the file anew.");
        }
    }
}
