using System.Globalization;

namespace Coordinator.Web;

/// <summary>Values as people read them.</summary>
internal static class Show
{
    private const char NarrowBlank = '\u202f';

    /// <summary>Satoshis in groups of three.</summary>
    internal static Markup Sats(long sats) => Html.Of($"""<span class="num">{Grouped(sats)}</span>&#8239;sat""");

    internal static Markup Msat(long msat) => msat % 1_000 == 0 ? Sats(msat / 1_000) : Html.Of($"""<span class="num">{Grouped(msat)}</span>&#8239;msat""");

    internal static string Grouped(long number)
        => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', NarrowBlank);

    /// <summary>A moment in UTC, and how far away it is.</summary>
    internal static Markup Time(DateTimeOffset? at, DateTimeOffset now) => at is not { } moment ? Html.Of($"–")
        : Html.Of($"""<time datetime="{Iso(moment)}">{Plain(moment)} <span class="quiet">{Away(moment, now)}</span></time>""");

    /// <summary>Only how far away it is; the moment itself for who points at it.</summary>
    internal static Markup Ago(DateTimeOffset? at, DateTimeOffset now) => at is not { } moment ? Html.Of($"–")
        : Html.Of($"""<time datetime="{Iso(moment)}" title="{Plain(moment)} UTC">{Away(moment, now)}</time>""");

    internal static string Plain(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    internal static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>For a <c>datetime-local</c> input; always UTC.</summary>
    internal static string Input(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    internal static string Away(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        return span.Duration() < TimeSpan.FromSeconds(1) ? "now" : span < TimeSpan.Zero ? $"in {Length(-span)}" : $"{Length(span)} ago";
    }

    internal static string Length(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "under 1 s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d",
    };

    /// <summary>How long a call took.</summary>
    internal static string Duration(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 1 } => $"{(int)span.TotalMicroseconds} µs",
        { TotalSeconds: < 1 } => span.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        _ => span.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>A fee rate in sat/vB from satoshis per 1 000 weight units.</summary>
    internal static string Rate(long satPerKwu)
    {
        var thousandths = satPerKwu * 4;
        var fraction = (thousandths % 1_000).ToString("000", CultureInfo.InvariantCulture).TrimEnd('0');
        return (fraction.Length == 0 ? $"{thousandths / 1_000}" : $"{thousandths / 1_000}.{fraction}") + " sat/vB";
    }

    /// <summary>A long id whose middle is left out for the eye; whole for who copies or points at it.</summary>
    internal static Markup Id(string? text) => text is null ? Html.Of($"–")
        : text.Length <= 20 ? Html.Of($"""<code>{text}</code>""")
        : Html.Of($"""<code title="{text}">{text[..8]}…{text[^6..]}</code>""");

    internal static Markup Id(Guid? id) => Id(id?.ToString("D"));

    /// <summary>A word of the wire for people: without its underscores.</summary>
    internal static string Word(string word) => word.Replace('_', ' ');
}
