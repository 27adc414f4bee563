using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coordinator.Chain;

/// <summary>One HTTP answer, read whole.</summary>
internal sealed record HttpReply(HttpStatusCode Status, byte[] Body)
{
    public bool IsOk => Status == HttpStatusCode.OK;

    public string Text => Encoding.UTF8.GetString(Body).Trim();
}

/// <summary>Requests with a time limit and a size limit; reads are retried, posts never.</summary>
internal sealed class EsploraTransport(HttpClient http, EsploraOptions options, TimeProvider time)
{
    private readonly Uri _base = options.ApiAddress;

    /// <summary>Reads a route: 200 and 404 are answers, everything else is a fault.</summary>
    public Task<ChainAnswer<T>> GetAsync<T>(string route, Func<HttpReply, T> parse, CancellationToken cancellation)
        => RetryAsync(() => GetOnceAsync(route, parse, cancellation), cancellation);

    /// <summary>Repeats a read that consists of several requests while it is unavailable for a cause that may pass.</summary>
    public Task<ChainAnswer<T>> RetryAsync<T>(Func<Task<ChainAnswer<T>>> attempt, CancellationToken cancellation)
        => BoundedReads.RetryAsync(attempt, options.ReadAttempts, options.FirstRetryPause, time, cancellation);

    public async Task<ChainAnswer<T>> GetOnceAsync<T>(string route, Func<HttpReply, T> parse, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, route));
        var reply = await SendAsync(request, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (!reply.TryGet(out var whole))
        {
            return reply.Map<T>(_ => throw new InvalidOperationException("a fault has no value"));
        }

        if (whole.Status is not (HttpStatusCode.OK or HttpStatusCode.NotFound))
        {
            var passing = (int)whole.Status >= 500 || whole.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;
            return new ChainAnswer<T>.Unavailable(passing ? ChainFault.ServerError : ChainFault.Refused, $"{route}: {Brief(whole)}");
        }

        try
        {
            return ChainAnswer.Known(parse(whole));
        }
        catch (EsploraFormatException refusal)
        {
            return new ChainAnswer<T>.Unavailable(ChainFault.BadAnswer, $"{route}: {refusal.Message}");
        }
    }

    /// <summary>Posts once. Every fault leaves the effect unknown.</summary>
    public async Task<ChainAnswer<HttpReply>> PostAsync(string route, string body, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_base, route))
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        return await SendAsync(request, cancellation);
    }

    /// <summary>Status and the first characters of the body, for people.</summary>
    public static string Brief(HttpReply reply)
    {
        var text = reply.Text;
        return $"HTTP {(int)reply.Status} {(text.Length > 200 ? text[..200] : text)}".ReplaceLineEndings(" ");
    }

    private async Task<ChainAnswer<HttpReply>> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var route = request.RequestUri!.AbsolutePath;
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await BoundedReads.BodyAsync(response, options.MaxResponseBytes, either.Token) is { } body
                ? ChainAnswer.Known(new HttpReply(response.StatusCode, body))
                : Fault(ChainFault.TooLarge, $"{route}: more than {options.MaxResponseBytes} bytes");
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested
                ? Fault(ChainFault.Canceled, $"{route}: the caller gave up")
                : Fault(ChainFault.TimedOut, $"{route}: no answer within {options.CallTimeout.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException or InvalidOperationException)
        {
            return Fault(ChainFault.ConnectionLost, $"{route}: {broken.Message}");
        }
    }

    private static ChainAnswer<HttpReply> Fault(ChainFault cause, string detail) => new ChainAnswer<HttpReply>.Unavailable(cause, detail);
}
