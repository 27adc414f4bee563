using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordinator.Bitcoin;
using Coordinator.Nostr;
using Coordinator.Oracle.Wire;

namespace Coordinator.Oracle;

/// <summary>The oracle over HTTP. Requests are signed with the coordinator's key (NIP-98); a request that was answered "busy" is repeated
/// once, quickly; everything longer is the caller's journal's.</summary>
/// <param name="http">Its base address is not used; its own timeout should be longer than the options'. Its handler should not follow
/// redirects.</param>
/// <param name="options">Where the oracle is.</param>
/// <param name="signer">The key that the oracle takes for the coordinator: events belong to it. Not disposed here.</param>
/// <param name="clock">Signs and times requests.</param>
public sealed class HttpOracle(HttpClient http, OracleOptions options, SecretKey signer, TimeProvider clock) : IOracle
{
    private readonly string _base = options.BaseAddress.AbsoluteUri.TrimEnd('/');

    /// <inheritdoc/>
    public async Task<OracleAnswer<PublicKey>> GetPublicKeyAsync(CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Get, "/oracle/pubkey", [], cancellation);
        return answer.Then(json => Read(json, bytes =>
        {
            var text = JsonSerializer.Deserialize(bytes.Span, OracleJson.Default.KeyBody)?.Key ?? string.Empty;
            var point = new byte[33];
            return Convert.TryFromBase64String(text, point, out var written) && PublicKey.TryParse(point.AsSpan(0, written)) is { } key
                ? key
                : throw new JsonException("the key is not base64 of a compressed point");
        }));
    }

    /// <inheritdoc/>
    public async Task<OracleAnswer<OracleEvent>> CreateEventAsync(OracleEventTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var body = Write(CreateEventBody.Of(terms), OracleJson.WithoutNulls.CreateEventBody);
        return ReadEvent(await SendAsync(HttpMethod.Post, "/oracle/events", body, cancellation), terms.Id);
    }

    /// <inheritdoc/>
    public async Task<OracleAnswer<OracleEvent>> GetEventAsync(Guid eventId, CancellationToken cancellation)
        => ReadEvent(await SendAsync(HttpMethod.Get, $"/oracle/events/{eventId:D}", [], cancellation), eventId);

    /// <inheritdoc/>
    public async Task<OracleAnswer<Acknowledged>> AddEntriesAsync(
        Guid eventId, ImmutableArray<OracleEntry> entries, CancellationToken cancellation)
    {
        ImmutableArray<AddEntryBody> bodies = [.. entries.Select(entry => new AddEntryBody(entry.Id, eventId, entry.Picks))];
        var body = Write(new AddEntriesBody(eventId, bodies), OracleJson.WithoutNulls.AddEntriesBody);
        var answer = await SendAsync(HttpMethod.Post, $"/oracle/events/{eventId:D}/entries", body, cancellation);
        return answer.Then(_ => (OracleAnswer<Acknowledged>)new OracleAnswer<Acknowledged>.Done(default));
    }

    private static byte[] Write<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    private static OracleAnswer<OracleEvent> ReadEvent(OracleAnswer<ReadOnlyMemory<byte>> answer, Guid eventId)
        => answer.Then(json => Read(json, bytes => OracleEvent.Parse(bytes) is var shown && shown.Id == eventId
            ? shown
            : throw new JsonException("the answer is another event")));

    private static OracleAnswer<T> Read<T>(ReadOnlyMemory<byte> json, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return new OracleAnswer<T>.Done(read(json));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return new OracleAnswer<T>.Unclear($"the answer cannot be read: {(exception as JsonException)?.Message ?? "not valid text"}");
        }
    }

    private async Task<OracleAnswer<ReadOnlyMemory<byte>>> SendAsync(
        HttpMethod method, string path, byte[] body, CancellationToken cancellation)
    {
        var first = await SendOnceAsync(method, path, body, cancellation);
        if (first is not OracleAnswer<ReadOnlyMemory<byte>>.TryLater)
        {
            return first;
        }

        await Task.Delay(options.QuickRetryDelay, clock, cancellation);
        return await SendOnceAsync(method, path, body, cancellation);
    }

    private async Task<OracleAnswer<ReadOnlyMemory<byte>>> SendOnceAsync(
        HttpMethod method, string path, byte[] body, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var request = Sign(method, _base + path, body);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = await ReadBoundedAsync(response, either.Token);
            return Classify(method, response.StatusCode, answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new OracleAnswer<ReadOnlyMemory<byte>>.Unclear("no answer in time");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new OracleAnswer<ReadOnlyMemory<byte>>.TryLater($"not reached: {exception.HttpRequestError}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return new OracleAnswer<ReadOnlyMemory<byte>>.Unclear($"the connection broke: {exception.GetType().Name}");
        }
    }

    private HttpRequestMessage Sign(HttpMethod method, string url, byte[] body)
    {
        var request = new HttpRequestMessage(method, new Uri(url));
        request.Headers.TryAddWithoutValidation("Authorization", Nip98Header.Create(signer, url, method.Method, body, clock.GetUtcNow()));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > options.MaximumAnswerBytes)
        {
            return null;
        }

        using var stream = await response.Content.ReadAsStreamAsync(cancellation);
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

    private static OracleAnswer<ReadOnlyMemory<byte>> Classify(HttpMethod method, HttpStatusCode status, ReadOnlyMemory<byte>? answer)
    {
        var code = (int)status;
        if (code is >= 200 and < 300)
        {
            return answer is { } json
                ? new OracleAnswer<ReadOnlyMemory<byte>>.Done(json)
                : new OracleAnswer<ReadOnlyMemory<byte>>.Unclear("the answer is longer than the limit");
        }

        var detail = $"status {code}: {ErrorText.Of(answer ?? default)}";
        return code switch
        {
            429 or 502 or 503 or 504 => new OracleAnswer<ReadOnlyMemory<byte>>.TryLater(detail),
            >= 500 when method == HttpMethod.Get => new OracleAnswer<ReadOnlyMemory<byte>>.TryLater(detail),
            >= 500 => new OracleAnswer<ReadOnlyMemory<byte>>.Unclear(detail),
            _ => new OracleAnswer<ReadOnlyMemory<byte>>.Refused(code, detail),
        };
    }
}
