using System.Globalization;

namespace Coordinator.Silo;

/// <summary>What a key's value is, as an operator sees it.</summary>
internal enum KeyKind
{
    /// <summary>A whole number.</summary>
    Count,

    /// <summary><c>[days.]hours:minutes:seconds</c>.</summary>
    Time,

    /// <summary>A moment, ISO 8601 with a zone.</summary>
    Moment,

    /// <summary>true or false.</summary>
    Switch,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Any other text.</summary>
    Text,

    /// <summary>An http or https address.</summary>
    Address,

    /// <summary>A path.</summary>
    Path,

    /// <summary>The path of a file with a secret: only its owner may have any right to it.</summary>
    SecretFile,

    /// <summary>Several texts.</summary>
    List,

    /// <summary>Texts by number.</summary>
    Map,
}

/// <summary>One key of the configuration, for people: the row of docs/configuration.md. What it is in code is in <see cref="ConfigurationSchema"/>.</summary>
/// <param name="Key">Sections and name, with colons. A map's key ends with <c>:N</c>.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Range">What is taken; for counts and times least and most.</param>
/// <param name="Consequence">What it does, and what goes wrong with another value.</param>
internal sealed record ConfigurationKey(string Key, KeyKind Kind, string Range, string Consequence)
{
    /// <summary>The unit of a count.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>The smallest value of a count or time, as it is written in a file; null where there is no such bound.</summary>
    public string? Least { get; init; }

    /// <summary>The largest value of a count or time, as it is written in a file.</summary>
    public string? Most { get; init; }

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Said instead of the default in code: where that is no value, or differs from machine to machine.</summary>
    public string? Default { get; init; }

    public static ConfigurationKey Count(string key, string unit, int least, int most, string consequence)
        => new(key, KeyKind.Count, $"{Number(least)} to {Number(most)}", consequence) { Unit = unit, Least = Text(least), Most = Text(most) };

    public static ConfigurationKey Time(string key, string least, string most, string consequence)
        => new(key, KeyKind.Time, $"{least} to {most}", consequence) { Least = least, Most = most };

    public static ConfigurationKey Choice(string key, IReadOnlyList<string> words, string consequence)
        => new(key, KeyKind.Choice, string.Join(", ", words), consequence) { Words = words };

    public static ConfigurationKey Switch(string key, string consequence) => new(key, KeyKind.Switch, "true, false", consequence);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(int number) => number < 10_000 ? Text(number) : number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');
}
