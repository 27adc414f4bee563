using System.Globalization;
using System.Text.Json;

namespace Coordinator.Gateway.Json;

/// <summary>Times, ids and nullable members as the wire has them (http-api §3).</summary>
internal static class WireTime
{
    /// <summary>RFC 3339 in UTC; a fraction only where there is one, nothing rounded.</summary>
    internal static string Text(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var fraction = utc.Ticks % TimeSpan.TicksPerSecond;
        var format = fraction == 0 ? "yyyy-MM-ddTHH:mm:ssZ"
            : fraction % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-ddTHH:mm:ss.fffZ"
            : fraction % TimeSpan.TicksPerMicrosecond == 0 ? "yyyy-MM-ddTHH:mm:ss.ffffffZ"
            : "yyyy-MM-ddTHH:mm:ss.fffffffZ";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }

    internal static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
        => json.WriteString(name, time is { } at ? Text(at) : null);

    internal static void WriteId(this Utf8JsonWriter json, string name, Guid? id) => json.WriteString(name, id?.ToString("D"));

    internal static void WriteNumberOrNull(this Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    internal static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    internal static void WriteNulls(this Utf8JsonWriter json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            json.WriteNull(name);
        }
    }

    /// <summary>JSON from a grain, embedded as it is; null where there is none.</summary>
    internal static void WriteEmbedded(this Utf8JsonWriter json, string name, string? text)
    {
        json.WritePropertyName(name);
        if (text is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(text, skipInputValidation: false);
        }
    }
}
