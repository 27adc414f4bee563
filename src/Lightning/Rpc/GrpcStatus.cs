namespace Coordinator.Lightning.Rpc;

/// <summary>gRPC status codes by their wire numbers.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Canceled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>A call that ended with another status than OK.</summary>
/// <param name="status">The status, the server's own or the one this side assigns to a broken transport.</param>
/// <param name="detail">The server's text, or ours.</param>
/// <param name="fromServer">True when the server itself answered; false when the connection, the deadline or the framing failed on this
/// side, in which case the call may have had its effect.</param>
/// <param name="inner">What broke, if anything did.</param>
internal sealed class GrpcException(GrpcStatus status, string detail, bool fromServer, Exception? inner = null)
    : Exception($"{status}: {detail}", inner)
{
    public GrpcStatus Status { get; } = status;

    public string Detail { get; } = detail;

    public bool FromServer { get; } = fromServer;
}

/// <summary>One call of a service.</summary>
/// <param name="Path"><c>/package.Service/Method</c>.</param>
/// <param name="Parser">Reads an answer.</param>
internal sealed record GrpcMethod<TRequest, TResponse>(string Path, Google.Protobuf.MessageParser<TResponse> Parser)
    where TRequest : Google.Protobuf.IMessage<TRequest>
    where TResponse : Google.Protobuf.IMessage<TResponse>;
