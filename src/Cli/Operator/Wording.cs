using System.Globalization;
using System.Text.Json;

namespace Coordinator.Cli.Operator;

/// <summary>Amounts, times and foreign text as people read them.</summary>
internal static class Wording
{
    private const string Ellipsis = "…";

    /// <summary>Satoshis in groups of three, without the unit.</summary>
    public static string Sats(long sats) => sats.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A span in its largest two units: "45 s", "3 min", "2 h 5 min", "12 d 4 h".</summary>
    public static string Span(TimeSpan span)
    {
        var (value, sign) = (span.Duration(), span < TimeSpan.Zero ? "-" : string.Empty);
        return sign + (value.TotalSeconds < 60 ? Text($"{(int)value.TotalSeconds} s")
            : value.TotalMinutes < 60 ? Text($"{(int)value.TotalMinutes} min")
            : value.TotalHours < 24 ? Two((int)value.TotalHours, "h", value.Minutes, "min")
            : Two((int)value.TotalDays, "d", value.Hours, "h"));
    }

    /// <summary>"3 min ago", "in 2 h".</summary>
    public static string Age(DateTimeOffset time, DateTimeOffset now) => time > now ? $"in {Span(time - now)}" : $"{Span(now - time)} ago";

    /// <summary>"2026-01-31 12:00:05Z".</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>"2026-01-31 12:00:05Z (3 min ago)".</summary>
    public static string When(DateTimeOffset time, DateTimeOffset now) => $"{Moment(time)} ({Age(time, now)})";

    /// <summary>A member as a time; null where it is absent, null or something else.</summary>
    public static DateTimeOffset? Time(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;

    /// <summary>A member as text; null where it is absent or null.</summary>
    public static string? Text(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value.ToString() : null;

    /// <summary>A member as a whole number; null where it is absent, null or something else.</summary>
    public static long? Number(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The elements of a list; none where it is absent or null.</summary>
    public static IEnumerable<JsonElement> List(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Foreign text on one line: what could move the cursor or colour the terminal becomes a space.</summary>
    public static string Clean(string text)
        => text.Any(IsUnfit) ? string.Concat(text.Select(letter => IsUnfit(letter) ? ' ' : letter)).Trim() : text;

    /// <summary>At most so many characters.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, Math.Max(0, most - 1)), Ellipsis);

    private static bool IsUnfit(char letter)
        => char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Two(int large, string largeUnit, int small, string smallUnit)
        => small == 0 ? Text($"{large} {largeUnit}") : Text($"{large} {largeUnit} {small} {smallUnit}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
