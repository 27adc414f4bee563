using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coordinator.Players.Wire;
using Google.Protobuf;

namespace Coordinator.Players.Lnd;

/// <summary>gRPC over HTTP/2 with one pinned certificate: one request, and the first message of the answer (lnd.md §2).</summary>
internal sealed class LndGrpc : IDisposable
{
    private const int HeaderSize = 5;
    private const int LargestMessage = 4 * 1_024 * 1_024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly LndAccess _access;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public LndGrpc(LndAccess access, TimeProvider clock)
    {
        (_access, _clock) = (access, clock);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsPinned },
        });
    }

    /// <summary>Sends one message and reads the first of the answer; of a stream the rest is given up, which ends no payment (lnd.md §9.9).</summary>
    /// <exception cref="LndException">Refused, not reached, or not in time.</exception>
    public async Task<T> CallAsync<T>(string method, IMessage message, CancellationToken cancellation)
        where T : IMessage<T>, new()
    {
        using var late = new CancellationTokenSource(Deadline, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            using var request = Request(method, message);
            using var response = await _http.SendAsync(request, both.Token);
            Check(response.Headers);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new LndException(LndException.UnavailableCode, $"HTTP status {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
            }

            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            if (await FrameAsync(body, both.Token) is { } frame)
            {
                return Read<T>(frame);
            }

            Check(response.TrailingHeaders);
            return new T();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException)
        {
            throw new LndException(LndException.UnavailableCode, $"it is not reached at {_access.Address}: {Cause(broken)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LndException(LndException.UnavailableCode, $"no answer within {Deadline.TotalSeconds} seconds");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A message of the wire. Fields it has and <typeparamref name="T"/> does not are kept and ignored.</summary>
    /// <exception cref="LndException">It does not read.</exception>
    internal static T Read<T>(byte[] message)
        where T : IMessage<T>, new()
    {
        try
        {
            var read = new T();
            read.MergeFrom(message);
            return read;
        }
        catch (InvalidProtocolBufferException)
        {
            throw Unreadable();
        }
    }

    private HttpRequestMessage Request(string method, IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[HeaderSize + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(HeaderSize));
        var content = new ByteArrayContent(frame);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_access.Address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("macaroon", Macaroon());
        return request;
    }

    private string Macaroon()
    {
        try
        {
            return Convert.ToHexStringLower(File.ReadAllBytes(_access.Macaroon));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PlayerException($"the macaroon '{_access.Macaroon}' cannot be read: {failure.Message}");
        }
    }

    /// <exception cref="LndException">The headers carry another status than OK.</exception>
    private static void Check(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("grpc-status", out var values) && values.First() is var status && status != "0")
        {
            var text = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.First()) : "refused";
            throw new LndException(int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 2, text);
        }
    }

    private static async Task<byte[]?> FrameAsync(Stream body, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        var read = await body.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (read < HeaderSize || header[0] != 0 || length > LargestMessage)
        {
            throw Unreadable();
        }

        var message = new byte[(int)length];
        await body.ReadExactlyAsync(message, cancellation);
        return message;
    }

    private bool IsPinned(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        try
        {
            using var pinned = X509Certificate2.CreateFromPem(File.ReadAllText(_access.Certificate));
            return presented is not null
                && CryptographicOperations.FixedTimeEquals(SHA256.HashData(pinned.RawData), SHA256.HashData(presented.GetRawCertData()))
                ? true
                : throw new AuthenticationException($"its certificate is not the one in '{_access.Certificate}'");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AuthenticationException($"the certificate '{_access.Certificate}' cannot be read: {failure.Message}");
        }
    }

    private static LndException Unreadable() => new(LndException.UnavailableCode, "the node's answer does not read");

    /// <summary>The words nearest to the reason.</summary>
    private static string Cause(Exception broken)
    {
        var cause = broken;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause.Message;
    }
}
