using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Requests;

/// <summary>Writes JSON answers. The text is complete before the first byte leaves.</summary>
internal static class JsonBody
{
    internal const string ContentType = "application/json";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static ReadOnlyMemory<byte> Render(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            write(json);
        }

        return buffer.WrittenMemory;
    }

    internal static Task WriteAsync(HttpContext context, string contentType, Action<Utf8JsonWriter> write)
        => WriteAsync(context, contentType, Render(write));

    internal static async Task WriteAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> text)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = text.Length;
        if (context.Response.Headers.CacheControl.Count == 0)
        {
            context.Response.Headers.CacheControl = "no-store";
        }

        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
