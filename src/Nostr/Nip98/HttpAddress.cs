using System.Buffers;

namespace Coordinator.Nostr;

/// <summary>An absolute http or https URL, brought to the form in which two are equal where WHATWG parsing makes them equal: scheme and
/// host in lower case, no default port, an empty path as <c>/</c>; path and query stay byte for byte.</summary>
internal static class HttpAddress
{
    private const int MaximumLength = 4_096;
    private static readonly SearchValues<char> NeverInUrls = SearchValues.Create("#\\\"<>^`{|}");

    /// <summary>The form to compare, or null where the text is no such URL (user info, fragments and anything not printable ASCII
    /// included).</summary>
    internal static string? Normalize(string? url)
    {
        if (url is null || url.Length > MaximumLength || url.AsSpan().ContainsAnyExceptInRange('!', '~')
            || url.AsSpan().ContainsAny(NeverInUrls))
        {
            return null;
        }

        var schemeEnd = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = schemeEnd < 0 ? string.Empty : url[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("http" or "https"))
        {
            return null;
        }

        var rest = url.AsSpan(schemeEnd + 3);
        var hostEnd = rest.IndexOfAny('/', '?');
        var authority = (hostEnd < 0 ? rest : rest[..hostEnd]).ToString().ToLowerInvariant();
        var tail = hostEnd < 0 ? "/" : rest[hostEnd..].ToString();
        return Authority(authority, scheme == "http" ? "80" : "443") is { } host
            ? $"{scheme}://{host}{(tail[0] == '/' ? string.Empty : "/")}{tail}"
            : null;
    }

    private static string? Authority(string text, string defaultPort)
    {
        var portStart = text.LastIndexOf(':');
        var hasPort = portStart >= 0 && !text.EndsWith(']');
        var host = hasPort ? text[..portStart] : text;
        var port = hasPort ? text[(portStart + 1)..].TrimStart('0') : defaultPort;
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (host.Length == 0 || host.Contains('@', StringComparison.Ordinal) || (!bracketed && host.AsSpan().ContainsAny("[]:%")))
        {
            return null;
        }

        if (hasPort && (text[(portStart + 1)..].AsSpan().ContainsAnyExceptInRange('0', '9') || port.Length > 5))
        {
            return null;
        }

        return port == defaultPort || port.Length == 0 ? host : $"{host}:{port}";
    }
}
