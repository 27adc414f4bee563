using System.IO.Compression;
using Coordinator.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coordinator.Gateway.Lists;

/// <summary>A page as it leaves: rendered and packed once, however often it is asked for.</summary>
internal sealed class ListPage
{
    private const int SmallestPacked = 1_024;
    private const int LargestWellPacked = 256 * 1_024;
    private readonly byte[] _plain;
    private readonly string? _next;
    private readonly Lazy<byte[]> _gzip;
    private readonly Lazy<byte[]> _brotli;

    internal ListPage(byte[] plain, string? next)
    {
        (_plain, _next, ETag) = (plain, next, Revalidation.TagOf(plain));
        _gzip = new(() => Pack(stream => new GZipStream(stream, Level, leaveOpen: true)));
        _brotli = new(() => Pack(stream => new BrotliStream(stream, Level, leaveOpen: true)));
    }

    internal string ETag { get; }

    private CompressionLevel Level => _plain.Length > LargestWellPacked ? CompressionLevel.Fastest : CompressionLevel.Optimal;

    internal async Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        Revalidation.Mark(headers, ETag);
        headers.Append("Vary", "Accept-Encoding");
        if (_next is not null)
        {
            headers["X-Next-Cursor"] = _next;
        }

        if (Revalidation.IsKnown(context.Request, ETag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var encoding = _plain.Length < SmallestPacked ? null : Accepted(context.Request.Headers.AcceptEncoding.ToString());
        var body = encoding switch
        {
            "br" => _brotli.Value,
            "gzip" => _gzip.Value,
            _ => _plain,
        };
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        context.Response.ContentType = JsonBody.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The better of those that the client takes; null for none.</summary>
    internal static string? Accepted(string header)
    {
        if (header.Length is 0 or > 512 || !StringWithQualityHeaderValue.TryParseList([header], out var offers))
        {
            return null;
        }

        return Takes(offers, "br") ? "br" : Takes(offers, "gzip") ? "gzip" : null;
    }

    private static bool Takes(IList<StringWithQualityHeaderValue> offers, string encoding)
        => offers.Any(offer => offer.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && offer.Quality is null or > 0);

    private byte[] Pack(Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed))
        {
            stream.Write(_plain);
        }

        return packed.ToArray();
    }
}
