using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Requests;

/// <summary>Lets a client ask whether what it has is still so (<c>ETag</c>, <c>If-None-Match</c>, 304).</summary>
internal static class Revalidation
{
    private const int LongestHeader = 1_024;

    /// <summary>The tag of an answer's text; weak, since it is the same however the answer is packed.</summary>
    internal static string TagOf(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return $"W/\"{Convert.ToHexStringLower(hash[..16])}\"";
    }

    /// <summary>Says that the answer may be kept, and must be asked for again before it is used.</summary>
    internal static void Mark(IHeaderDictionary headers, string tag)
    {
        headers.ETag = tag;
        headers.CacheControl = "no-cache";
    }

    /// <summary>True where the client has what the tag stands for.</summary>
    internal static bool IsKnown(HttpRequest request, string tag)
    {
        var held = request.Headers.IfNoneMatch.ToString();
        return held.Length is > 0 and <= LongestHeader
            && (held == "*" || held.Split(',', StringSplitOptions.TrimEntries).Any(one => Strong(one) == Strong(tag)));
    }

    private static string Strong(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
