using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Simulation;

/// <summary>What happened in a world, in order, with its virtual time. One seed gives one trace, in every process.</summary>
internal sealed class Trace(SimClock clock)
{
    private const int StoryLines = 78;

    private readonly List<(TimeSpan At, string Text, bool Quiet)> _lines = [];

    /// <summary>Adds a line.</summary>
    /// <param name="text">Nothing that the machine drew: it is hashed.</param>
    /// <param name="quiet">Left out of short stories: a question that went well.</param>
    public void Add(string text, bool quiet = false) => _lines.Add((clock.Elapsed, text, quiet));

    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in _lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Text(line)));
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Every line.</summary>
    public IReadOnlyList<string> Whole => [.. _lines.Select(Text)];

    /// <summary>What led here: the last lines that say something.</summary>
    public IReadOnlyList<string> Short => [.. _lines.Where(line => !line.Quiet).TakeLast(StoryLines).Select(Text)];

    private static string Text((TimeSpan At, string Text, bool Quiet) line)
        => string.Create(CultureInfo.InvariantCulture, $"{line.At:d\\.hh\\:mm\\:ss\\.fff} {line.Text}");
}
