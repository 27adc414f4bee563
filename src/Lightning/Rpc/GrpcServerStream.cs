using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Coordinator.Lightning.Rpc;

/// <summary>The answers of one call, one after another. One reader at a time.</summary>
internal sealed class GrpcServerStream<TResponse>(HttpResponseMessage response, Stream body, MessageParser<TResponse> parser, int mostBytes)
    : IAsyncDisposable
    where TResponse : IMessage<TResponse>
{
    /// <summary>The next message, or null when the server ended the stream with OK.</summary>
    /// <exception cref="GrpcException">The server ended it otherwise, or the transport broke.</exception>
    public async ValueTask<TResponse?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            var bytes = await GrpcFrames.ReadAsync(body, mostBytes, cancellation);
            if (bytes is not null)
            {
                return parser.ParseFrom(bytes);
            }

            CheckStatus();
            return default;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw GrpcChannel.Explain(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
    }

    private void CheckStatus()
    {
        // Trailers exist only after the body was read to its end; a "trailers only" answer carries the status in its headers.
        HttpHeaders headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!headers.TryGetValues("grpc-status", out var values)
            || !int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw new GrpcException(GrpcStatus.Unavailable, "the answer ended without a status", fromServer: false);
        }

        if (code != 0)
        {
            var text = headers.TryGetValues("grpc-message", out var texts) ? GrpcText.Decode(texts.FirstOrDefault() ?? "") : "";
            throw new GrpcException(code is > 0 and <= 16 ? (GrpcStatus)code : GrpcStatus.Unknown, text, fromServer: true);
        }
    }
}
