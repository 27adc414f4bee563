namespace Coordinator.Repo.Tests.Source;

/// <summary>Fails a test with every violation at once, each saying which file and what to do.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var found = violations.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(found.Count == 0, $"{found.Count} to put right:\n{string.Join('\n', found)}");
    }
}
