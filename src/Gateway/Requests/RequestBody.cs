using System.IO.Compression;
using System.Text.Unicode;
using Coordinator.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Coordinator.Gateway.Requests;

/// <summary>Reads a request's body within a bound: first the bytes as sent, which are what the caller signed, then what they unpack
/// to.</summary>
internal static class RequestBody
{
    /// <summary>Bytes past the limit that the server still takes and throws away, so that who sends a little too much can read the
    /// refusal.</summary>
    private const int Courtesy = 1_024 * 1_024;

    /// <summary>The bytes as sent; empty where there is no body.</summary>
    /// <exception cref="RefusedRequestException"><c>body_too_large</c>.</exception>
    internal static async Task<byte[]> ReadAsync(HttpContext context, int limit, CancellationToken cancellation)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit + Courtesy;
        }

        if (context.Request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1_024];
        while (await context.Request.Body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (bytes.Length + read > limit)
            {
                throw TooLarge(limit);
            }

            await bytes.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        return bytes.ToArray();
    }

    /// <summary>The JSON text of a body: checks its type, unpacks gzip where the route takes it, and checks that it is UTF-8.</summary>
    /// <exception cref="RefusedRequestException"><c>unsupported_media_type</c>, <c>unsupported_encoding</c>, <c>invalid_gzip</c>,
    /// <c>body_too_large</c> or <c>invalid_json</c>.</exception>
    internal static byte[] JsonText(HttpRequest request, byte[] sent, BodyLimit limit)
    {
        if (!IsJson(request.ContentType))
        {
            throw new RefusedRequestException("unsupported_media_type");
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        var text = encoding.ToUpperInvariant() switch
        {
            "" or "IDENTITY" => sent,
            "GZIP" when limit.MayBePacked => Unpack(sent, limit.Bytes),
            _ => throw new RefusedRequestException("unsupported_encoding"),
        };
        return Utf8.IsValid(text) ? text : throw new RefusedRequestException("invalid_json", "The body is not UTF-8");
    }

    private static bool IsJson(string? contentType)
        => MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static byte[] Unpack(byte[] packed, int limit)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1_024];
            while (gzip.Read(buffer) is > 0 and var read)
            {
                if (bytes.Length + read > limit)
                {
                    throw TooLarge(limit);
                }

                bytes.Write(buffer, 0, read);
            }

            return bytes.ToArray();
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw new RefusedRequestException("invalid_gzip");
        }
    }

    private static RefusedRequestException TooLarge(int limit)
        => new("body_too_large", $"The body may have at most {limit} bytes, unpacked");
}
