using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Coordinator.Players.Wire;

/// <summary>HTTP that waits for a server to come back: no connection, a broken one, 408, 429 and 5xx are tried again until cancelled.</summary>
internal sealed class PatientHttp(HttpClient http, TimeProvider clock)
{
    private const int LargestAnswer = 64 * 1024 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public TimeProvider Clock => clock;

    public static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), UseProxy = false };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(70), MaxResponseContentBufferSize = LargestAnswer };
    }

    /// <param name="authorize">Makes the Authorization header of one attempt; every attempt gets a fresh one.</param>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, Uri address, byte[]? body, string contentType, Func<string>? authorize, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            if (await TryAsync(method, address, body, contentType, authorize, cancellation) is { } answer && !IsPassing(answer))
            {
                return answer;
            }

            await Task.Delay(pause, clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Busy, starting, or a service that began after this request was signed.</summary>
    private static bool IsPassing(ApiAnswer answer)
        => answer.Status is 408 or 429 or >= 500 || (answer.Status == 401 && answer.Code is "replayed" or "expired_timestamp");

    private async Task<ApiAnswer?> TryAsync(
        HttpMethod method, Uri address, byte[]? body, string contentType, Func<string>? authorize, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address) { Version = HttpVersion.Version11 };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (authorize is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorize());
        }

        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var round = response.Headers.TryGetValues("X-Signing-Round", out var values) ? values.FirstOrDefault() : null;
            return new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation), round);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException
            || (broken is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
