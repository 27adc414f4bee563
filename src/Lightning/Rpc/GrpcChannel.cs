using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Google.Protobuf;

namespace Coordinator.Lightning.Rpc;

/// <summary>gRPC over HTTP/2: unary calls and server streams, on two handlers so that open streams never starve the calls.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly Uri _address;
    private readonly Func<string?> _macaroon;
    private readonly int _mostBytes;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _calls;
    private readonly HttpMessageInvoker _streams;

    /// <summary>Connects lazily.</summary>
    /// <param name="address">https only.</param>
    /// <param name="validate">Decides on the server's certificate, or null for the system's trust store.</param>
    /// <param name="macaroon">Hex of the macaroon for the next call, or null to send none.</param>
    /// <param name="mostBytes">Largest message accepted.</param>
    /// <param name="clock">For deadlines.</param>
    public GrpcChannel(
        Uri address, RemoteCertificateValidationCallback? validate, Func<string?> macaroon, int mostBytes, TimeProvider clock)
    {
        _address = address;
        _macaroon = macaroon;
        _mostBytes = mostBytes;
        _clock = clock;
        _calls = new HttpMessageInvoker(Handler(validate));
        _streams = new HttpMessageInvoker(Handler(validate));
    }

    /// <summary>One request, one answer, within the deadline; the server is told the deadline too.</summary>
    /// <exception cref="GrpcException">Any other end than OK, this side's deadline included.</exception>
    /// <exception cref="WrongCertificateException">The pin does not fit.</exception>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan deadline, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        using var timer = new CancellationTokenSource(deadline, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        try
        {
            await using var stream = await OpenOnAsync(_calls, method, request, deadline, both.Token);
            var answer = await stream.NextAsync(both.Token)
                ?? throw new GrpcException(GrpcStatus.Internal, "the server answered OK without a message", fromServer: false);
            if (await stream.NextAsync(both.Token) is not null)
            {
                throw new GrpcException(GrpcStatus.Internal, "the server answered twice", fromServer: false);
            }

            return answer;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatus.DeadlineExceeded, $"no answer within {deadline.TotalSeconds:0.###} s", fromServer: false, e);
        }
    }

    /// <summary>Opens a server stream without a deadline. A server may send its headers only with the first message, so this may wait as
    /// long as the stream is silent.</summary>
    public Task<GrpcServerStream<TResponse>> OpenAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => OpenOnAsync(_streams, method, request, deadline: null, cancellation);

    public void Dispose()
    {
        _calls.Dispose();
        _streams.Dispose();
    }

    private async Task<GrpcServerStream<TResponse>> OpenOnAsync<TRequest, TResponse>(
        HttpMessageInvoker invoker, GrpcMethod<TRequest, TResponse> method, TRequest message, TimeSpan? deadline,
        CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        using var request = Request(method.Path, message, deadline);
        HttpResponseMessage? response = null;
        try
        {
            response = await invoker.SendAsync(request, cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new GrpcException(OfHttp(response.StatusCode), $"HTTP status {(int)response.StatusCode}", fromServer: true);
            }

            var body = await response.Content.ReadAsStreamAsync(cancellation);
            return new GrpcServerStream<TResponse>(response, body, method.Parser, _mostBytes);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            response?.Dispose();
            throw Explain(e);
        }
    }

    private HttpRequestMessage Request(string path, IMessage message, TimeSpan? deadline)
    {
        var content = new ReadOnlyMemoryContent(GrpcFrames.Encode(message));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (deadline is { } time)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcText.FormatTimeout(time));
        }

        if (_macaroon() is { } macaroon)
        {
            request.Headers.TryAddWithoutValidation("macaroon", macaroon);
        }

        return request;
    }

    /// <summary>The exception a caller of this channel sees for what the transport threw.</summary>
    internal static Exception Explain(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is WrongCertificateException or GrpcException)
            {
                return cause;
            }
        }

        return e switch
        {
            HttpRequestException or IOException or SocketException => new GrpcException(GrpcStatus.Unavailable, e.Message, fromServer: false, e),
            InvalidDataException or InvalidProtocolBufferException =>
                new GrpcException(GrpcStatus.Internal, e.Message, fromServer: false, e),
            _ => e,
        };
    }

    private static GrpcStatus OfHttp(HttpStatusCode code) => (int)code switch
    {
        400 => GrpcStatus.Internal,
        401 => GrpcStatus.Unauthenticated,
        403 => GrpcStatus.PermissionDenied,
        404 => GrpcStatus.Unimplemented,
        429 or 502 or 503 or 504 => GrpcStatus.Unavailable,
        _ => GrpcStatus.Unknown,
    };

    private static SocketsHttpHandler Handler(RemoteCertificateValidationCallback? validate) => new()
    {
        // Whose trace a call belongs to is nobody else's business.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = validate },
    };
}
