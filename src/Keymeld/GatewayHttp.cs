using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld;

/// <summary>Requests to the gateway: bodies packed from 256 bytes on, answers bounded after unpacking, statuses turned into cases. Reads
/// are tried a few times, each with new headers; writes once.</summary>
internal sealed class GatewayHttp(HttpClient http, KeymeldOptions options, TimeProvider clock)
{
    private const int PackFrom = 256;

    private readonly string _base = options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/api/v1";

    /// <summary>Reads; a header, where one is needed, is made anew for every attempt.</summary>
    internal async Task<KeymeldAnswer<ReadOnlyMemory<byte>>> GetAsync(
        string path, Func<(string Name, string Value)>? header, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, again) = await SendAsync(HttpMethod.Get, path, header?.Invoke(), null, cancellation);
            if (!again || attempt >= options.ReadAttempts)
            {
                return answer;
            }

            await Task.Delay(options.ReadRetryDelay, clock, cancellation);
        }
    }

    /// <summary>Writes, once.</summary>
    internal async Task<KeymeldAnswer<ReadOnlyMemory<byte>>> PostAsync(
        string path, (string Name, string Value)? header, byte[]? body, CancellationToken cancellation)
        => (await SendAsync(HttpMethod.Post, path, header, body, cancellation)).Answer;

    private async Task<(KeymeldAnswer<ReadOnlyMemory<byte>> Answer, bool Again)> SendAsync(
        HttpMethod method, string path, (string Name, string Value)? header, byte[]? body, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var request = Request(method, path, header, body);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = await ReadBoundedAsync(response, either.Token);
            return Classify(method == HttpMethod.Get, (int)response.StatusCode, answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (Unclear("no answer in time"), true);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return (TryLater($"not reached: {exception.HttpRequestError}"), true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return (Unclear($"the connection broke: {exception.GetType().Name}"), true);
        }
        catch (InvalidDataException)
        {
            return (Unclear("the answer is not gzip as it says"), false);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, (string Name, string Value)? header, byte[]? body)
    {
        var request = new HttpRequestMessage(method, new Uri(_base + path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.Length >= PackFrom ? Pack(body) : body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (body.Length >= PackFrom)
            {
                request.Content.Headers.ContentEncoding.Add("gzip");
            }
        }

        return request;
    }

    private static byte[] Pack(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return buffer.ToArray();
    }

    /// <summary>The answer unpacked; null where it is longer than the limit, which ends the reading.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > options.MaximumAnswerBytes)
        {
            return null;
        }

        var isPacked = response.Content.Headers.ContentEncoding.Contains("gzip", StringComparer.OrdinalIgnoreCase);
        await using var raw = await response.Content.ReadAsStreamAsync(cancellation);
        await using var stream = isPacked ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
        {
            if (buffer.Length + read > options.MaximumAnswerBytes)
            {
                return null;
            }

            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellation);
        }

        return buffer.ToArray();
    }

    private static (KeymeldAnswer<ReadOnlyMemory<byte>> Answer, bool Again) Classify(bool isRead, int status, ReadOnlyMemory<byte>? answer)
    {
        if (status is >= 200 and < 300)
        {
            return answer is { } body
                ? (new KeymeldAnswer<ReadOnlyMemory<byte>>.Done(body), false)
                : (Unclear("the answer is longer than the limit"), false);
        }

        var detail = $"status {status}: {ErrorText.Of(answer ?? default)}";
        return status switch
        {
            429 => (TryLater(detail), false),
            503 => (TryLater(detail), true),
            >= 500 when isRead => (TryLater(detail), true),
            >= 400 and < 500 => (new KeymeldAnswer<ReadOnlyMemory<byte>>.Refused(status, detail), false),
            _ => (Unclear(detail), false),
        };
    }

    private static KeymeldAnswer<ReadOnlyMemory<byte>> TryLater(string detail) => new KeymeldAnswer<ReadOnlyMemory<byte>>.TryLater(detail);

    private static KeymeldAnswer<ReadOnlyMemory<byte>> Unclear(string detail) => new KeymeldAnswer<ReadOnlyMemory<byte>>.Unclear(detail);
}
