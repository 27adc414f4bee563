using System.Globalization;
using Coordinator.Lightning.Rpc;
using Google.Protobuf;

namespace Coordinator.Simulators.Lnd;

/// <summary>One gRPC call on Kestrel: reads the request, sends messages, ends with a status in trailers or, before any message, in
/// headers.</summary>
internal sealed class LndGrpcCall(HttpContext http)
{
    private const int MostRequestBytes = 1024 * 1024;

    public HttpContext Http => http;

    public int Sent { get; private set; }

    /// <summary>The caller's deadline, if it sent one.</summary>
    public TimeSpan? Timeout => GrpcText.ParseTimeout(http.Request.Headers["grpc-timeout"]);

    public async Task<TRequest> ReadAsync<TRequest>(MessageParser<TRequest> parser, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
    {
        try
        {
            var bytes = await GrpcFrames.ReadAsync(http.Request.Body, MostRequestBytes, cancellation)
                ?? throw new LndCallException((int)GrpcStatus.Internal, "the request holds no message");
            return parser.ParseFrom(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidProtocolBufferException)
        {
            throw new LndCallException((int)GrpcStatus.Internal, $"the request cannot be read: {e.Message}");
        }
    }

    public async Task SendAsync(IMessage message, CancellationToken cancellation)
    {
        Begin();
        await http.Response.BodyWriter.WriteAsync(GrpcFrames.Encode(message), cancellation);
        Sent++;
    }

    /// <summary>Ends the call; nothing may be sent afterwards.</summary>
    public async Task EndAsync(int status, string text)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        if (http.Response.HasStarted || Sent > 0)
        {
            http.Response.AppendTrailer("grpc-status", code);
            if (text.Length > 0)
            {
                http.Response.AppendTrailer("grpc-message", GrpcText.Encode(text));
            }

            await http.Response.CompleteAsync();
            return;
        }

        Begin();
        http.Response.Headers["grpc-status"] = code;
        if (text.Length > 0)
        {
            http.Response.Headers["grpc-message"] = GrpcText.Encode(text);
        }

        await http.Response.CompleteAsync();
    }

    private void Begin()
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "application/grpc";
        }
    }
}
