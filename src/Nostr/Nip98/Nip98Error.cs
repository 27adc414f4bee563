using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>Why a request is not authenticated, one value per cause, in the order in which they are checked.</summary>
public enum Nip98Problem
{
    /// <summary>No header, or one that is not ASCII.</summary>
    NoAuthHeader,

    /// <summary>Another scheme than <c>Nostr</c>, or a header longer than the limit.</summary>
    InvalidAuthFormat,

    /// <summary>Not standard base64 with padding.</summary>
    InvalidBase64,

    /// <summary>Not a NIP-01 event.</summary>
    InvalidEventJson,

    /// <summary>A kind other than 27235.</summary>
    InvalidEventKind,

    /// <summary>Created too long ago, too far ahead, or before this process started.</summary>
    ExpiredTimestamp,

    /// <summary>A tag is missing, given twice or malformed; a body without a payload tag.</summary>
    InvalidHttpData,

    /// <summary>The server's own address of the request is no absolute URL.</summary>
    InvalidUrl,

    /// <summary>The request's verb is none that can be signed.</summary>
    InvalidMethod,

    /// <summary>Signed for another URL or another method.</summary>
    UrlMethodMismatch,

    /// <summary>The payload tag is not the SHA-256 of this body.</summary>
    PayloadMismatch,

    /// <summary>The event's content is not empty.</summary>
    NonEmptyContent,

    /// <summary>The id or the signature is wrong.</summary>
    InvalidSignature,

    /// <summary>This event was used before.</summary>
    Replayed,

    /// <summary>Too many events are being remembered; try again later.</summary>
    Busy,
}

/// <summary>A refusal: what to answer.</summary>
/// <param name="Problem">The cause.</param>
/// <param name="Detail">The text for the client; holds nothing secret.</param>
public sealed record Nip98Error(Nip98Problem Problem, string Detail)
{
    /// <summary>The wire name of the cause (<c>error.type</c>).</summary>
    public string Type => Problem switch
    {
        Nip98Problem.NoAuthHeader => "no_auth_header",
        Nip98Problem.InvalidAuthFormat => "invalid_auth_format",
        Nip98Problem.InvalidBase64 => "invalid_base_64",
        Nip98Problem.InvalidEventJson => "invalid_event_json",
        Nip98Problem.InvalidEventKind => "invalid_event_kind",
        Nip98Problem.ExpiredTimestamp => "expired_timestamp",
        Nip98Problem.InvalidHttpData => "invalid_http_data",
        Nip98Problem.InvalidUrl => "invalid_url",
        Nip98Problem.InvalidMethod => "invalid_method",
        Nip98Problem.UrlMethodMismatch => "url_method_mismatch",
        Nip98Problem.PayloadMismatch => "payload_mismatch",
        Nip98Problem.NonEmptyContent => "non_empty_content",
        Nip98Problem.InvalidSignature => "invalid_signature",
        Nip98Problem.Replayed => "replayed",
        Nip98Problem.Busy => "busy",
    };

    /// <summary>The HTTP status to answer.</summary>
    public int Status => Problem switch
    {
        Nip98Problem.NoAuthHeader or Nip98Problem.InvalidEventKind or Nip98Problem.ExpiredTimestamp or Nip98Problem.InvalidUrl
            or Nip98Problem.InvalidMethod or Nip98Problem.UrlMethodMismatch or Nip98Problem.PayloadMismatch or Nip98Problem.Replayed => 401,
        Nip98Problem.InvalidSignature => 403,
        Nip98Problem.InvalidAuthFormat or Nip98Problem.InvalidBase64 or Nip98Problem.InvalidEventJson or Nip98Problem.InvalidHttpData
            or Nip98Problem.NonEmptyContent => 400,
        Nip98Problem.Busy => 503,
    };

    internal static Nip98Error Of(Nip98Problem problem, string? more = null) => new(problem, problem switch
    {
        Nip98Problem.NoAuthHeader => "No authorization header found",
        Nip98Problem.InvalidAuthFormat => "Invalid authorization format",
        Nip98Problem.InvalidBase64 => $"Invalid base64 encoding: {more}",
        Nip98Problem.InvalidEventJson => $"Invalid event JSON: {more}",
        Nip98Problem.InvalidEventKind => "Invalid event kind",
        Nip98Problem.ExpiredTimestamp => "Event timestamp expired",
        Nip98Problem.InvalidHttpData => $"Invalid HTTP data: {more}",
        Nip98Problem.InvalidUrl => $"Invalid URL format: {more}",
        Nip98Problem.InvalidMethod => $"Invalid method format: {more}",
        Nip98Problem.UrlMethodMismatch => "URL or method mismatch",
        Nip98Problem.PayloadMismatch => "Payload does not match the body",
        Nip98Problem.NonEmptyContent => "Event content must be empty",
        Nip98Problem.InvalidSignature => $"Invalid signature: {more}",
        Nip98Problem.Replayed => "Event was used before",
        Nip98Problem.Busy => "Too many requests",
    });
}

/// <summary>Who signed a request.</summary>
/// <param name="Key">The caller's key.</param>
/// <param name="EventId">The event's id, 64 lower-case hex digits: what the replay guard remembers.</param>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="Payload">The SHA-256 of the body that was signed, 64 lower-case hex digits; null where none was named.</param>
public sealed record Nip98Login(XOnlyPublicKey Key, string EventId, long CreatedAt, string? Payload = null)
{
    internal static Nip98Error NoPayload { get; } = Nip98Error.Of(Nip98Problem.InvalidHttpData, "a request with a body needs a payload tag");

    /// <summary>Null where this body is the one that was signed, else the refusal.</summary>
    /// <param name="body">The exact bytes of the body; empty for none.</param>
    public Nip98Error? CheckBody(ReadOnlySpan<byte> body) => CheckPayload(Payload, body.IsEmpty ? null : Hashes.Sha256(body));

    internal static Nip98Error? CheckPayload(string? payload, byte[]? bodySha256)
        => payload is null ? bodySha256 is null ? null : NoPayload
            : payload == Hex.Encode(bodySha256 ?? Hashes.Sha256([])) ? null
            : Nip98Error.Of(Nip98Problem.PayloadMismatch);
}

/// <summary>A login or a refusal; exactly one of the two is set.</summary>
public sealed record Nip98Answer
{
    private Nip98Answer(Nip98Login? login, Nip98Error? error)
    {
        Login = login;
        Error = error;
    }

    public Nip98Login? Login { get; }

    public Nip98Error? Error { get; }

    internal static Nip98Answer Of(Nip98Login login) => new(login, null);

    internal static Nip98Answer Refuse(Nip98Problem problem, string? more = null) => new(null, Nip98Error.Of(problem, more));

    internal static Nip98Answer Refuse(Nip98Error error) => new(null, error);

    /// <summary>True with the login, false with the refusal.</summary>
    public bool TryGet([NotNullWhen(true)] out Nip98Login? login, [NotNullWhen(false)] out Nip98Error? error)
    {
        login = Login;
        error = Error;
        return login is not null;
    }
}
