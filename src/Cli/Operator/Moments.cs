using System.Globalization;

namespace Coordinator.Cli.Operator;

/// <summary>Times and spans as an operator writes them.</summary>
internal static class Moments
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_660);

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>RFC 3339 with a zone, or a span from now with a plus; null where it is neither.</summary>
    public static DateTimeOffset? Read(string text, DateTimeOffset now)
        => text.StartsWith('+')
            ? Span(text[1..]) is { } span ? now + span : null
            : text.Length > 10 && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10)
                && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? time
                : null;

    /// <summary>A whole number with s, m, h or d; null where it is none, or longer than ten years.</summary>
    public static TimeSpan? Span(string text)
    {
        if (text.Length is < 2 or > 10 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var seconds = text[^1] switch { 's' => 1L, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && count <= (long)Longest.TotalSeconds / seconds ? TimeSpan.FromSeconds(count * seconds) : null;
    }
}
