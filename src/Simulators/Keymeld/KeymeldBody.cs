using System.IO.Compression;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Bodies as they travel: packed or not, never more than 2 MiB unpacked.</summary>
internal static class KeymeldBody
{
    internal const int MostBytes = 2 * 1_024 * 1_024;

    /// <summary>From this size on an answer is packed for a client that takes it.</summary>
    internal const int PackFrom = 256;

    internal static KeymeldReply TooLarge { get; } = KeymeldReply.Text(413, "Failed to buffer the request body: length limit exceeded");

    internal static KeymeldReply NotGzip { get; } = KeymeldReply.Text(400, "Failed to unpack the request body");

    /// <summary>The body unpacked; null where it is too large.</summary>
    internal static async Task<byte[]?> ReadAsync(HttpContent? content, CancellationToken cancellation)
        => content is null ? [] : await ReadAsync(
            await content.ReadAsStreamAsync(cancellation), content.Headers.ContentEncoding.Contains("gzip"), cancellation);

    /// <summary>The body unpacked; null where it is too large, which ends the reading.</summary>
    /// <exception cref="InvalidDataException">It is not gzip as it says.</exception>
    internal static async Task<byte[]?> ReadAsync(Stream raw, bool isPacked, CancellationToken cancellation)
    {
        await using var unpacked = isPacked ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : null;
        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        int read;
        while ((read = await (unpacked ?? raw).ReadAsync(chunk, cancellation)) > 0)
        {
            if (buffer.Length + read > MostBytes)
            {
                return null;
            }

            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellation);
        }

        return buffer.ToArray();
    }

    internal static byte[] Pack(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return buffer.ToArray();
    }

    /// <summary>What a fault makes of the answer to a request that was carried out.</summary>
    internal static KeymeldReply Spoil(KeymeldFault? fault, KeymeldReply reply, DateTimeOffset now) => fault?.Kind switch
    {
        KeymeldFaultKind.FailAfter => KeymeldReply.Error(500, "internal_error", "Internal server error", now),
        KeymeldFaultKind.Garbage => new KeymeldReply(200, "{\"half\": ["u8.ToArray(), "application/json"),
        KeymeldFaultKind.Nonsense => new KeymeldReply(
            200, "{\"status\":[7],\"batch_results\":\"none\",\"keygen_session_id\":{}}"u8.ToArray(), "application/json"),
        _ => reply,
    };
}
