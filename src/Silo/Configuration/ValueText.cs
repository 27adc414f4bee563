using System.Globalization;
using System.Text.RegularExpressions;

namespace Coordinator.Silo;

/// <summary>Whether a text in the configuration is a value of its key's type. Stricter than the binder: <c>10</c> is no time (it would be ten days), and
/// <c>0x10</c> no number.</summary>
internal static partial class ValueText
{
    /// <summary>What is wrong with a text, to follow the key's name; null where it fits.</summary>
    public static string? Complaint(Type type, string text)
    {
        if (text.Length == 0)
        {
            return "is empty; leave the key out to have its default";
        }

        if (type == typeof(Uri))
        {
            return AddressComplaint(text);
        }

        return Expected(type, text) is { } expected ? $"is '{text}'; it must be {expected}" : null;
    }

    private static string? Expected(Type type, string text)
    {
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "a whole number";
        }

        if (type == typeof(bool))
        {
            return text.ToLowerInvariant() is "true" or "false" ? null : "true or false";
        }

        if (type == typeof(TimeSpan))
        {
            return Time().IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)
                ? null : "[days.]hours:minutes:seconds, with hours below 24, as 00:00:10 or 1.00:00:00";
        }

        if (type == typeof(DateTimeOffset))
        {
            return Moment().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a moment with its zone, as 2026-01-31T00:00:00Z";
        }

        return null;
    }

    /// <summary>An address may hold a password, so one that does is not repeated.</summary>
    private static string? AddressComplaint(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            return text.Contains('@', StringComparison.Ordinal) ? "is no address" : $"is '{text}'; it must be an http or https address";
        }

        return address.UserInfo.Length > 0 ? "has a user or a password in it; secrets are files"
            : address.Scheme is not ("http" or "https") ? $"is '{text}'; it must be an http or https address"
            : address.Query.Length + address.Fragment.Length > 0 ? "has a query or a fragment; it must be an http or https address without them"
            : null;
    }

    [GeneratedRegex("""^(\d{1,7}\.)?([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?$""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Time();

    [GeneratedRegex("""^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)$""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Moment();
}
