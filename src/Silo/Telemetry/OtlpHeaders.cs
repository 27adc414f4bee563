namespace Coordinator.Silo;

/// <summary>The headers that a collector wants, from a file that only its owner can read: they may hold a token.</summary>
internal static class OtlpHeaders
{
    /// <summary>What is wrong with the file, by its name; never what is in it.</summary>
    public static IEnumerable<string> Complaints(string file)
    {
        if (!File.Exists(file))
        {
            yield return $"Telemetry:HeadersFile is '{file}'; there is no such file";
            yield break;
        }

        foreach (var number in Lines(file).Where(line => Split(line.Text) is null).Select(line => line.Number))
        {
            yield return $"Telemetry:HeadersFile '{file}' line {number} is no 'name: value' without a comma in the value";
        }
    }

    /// <summary>As the exporter takes them: <c>name=value</c>, percent-encoded, with commas between. It decodes before it splits, so no value may have one.</summary>
    public static string? Read(string? file) => file is null ? null : string.Join(
        ',', Lines(file).Select(line => Split(line.Text)!.Value).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

    private static IEnumerable<(int Number, string Text)> Lines(string file)
        => File.ReadAllLines(file).Select((text, index) => (index + 1, text.Trim())).Where(line => line.Item2.Length > 0);

    private static (string Name, string Value)? Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var (name, value) = colon < 0 ? (string.Empty, string.Empty) : (line[..colon].Trim(), line[(colon + 1)..].Trim());
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && value.Length > 0 && value.All(c => c is >= ' ' and <= '~' and not ',')
            ? (name, value)
            : null;
    }
}
