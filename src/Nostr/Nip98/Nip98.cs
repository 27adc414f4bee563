using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>What a signed request must be signed for.</summary>
/// <param name="Urls">The absolute URLs under which this request may have been addressed: one per configured public origin, each with the
/// original path and query. Never built from the client's <c>Host</c> header.</param>
/// <param name="Method">The request's verb.</param>
/// <param name="BodySha256">32 bytes: the SHA-256 of the exact body; null where the request has no body or an empty one.</param>
public sealed record Nip98Request(ImmutableArray<string> Urls, string Method, byte[]? BodySha256)
{
    /// <summary>A request to one origin; the body may be empty.</summary>
    public static Nip98Request Of(string url, string method, ReadOnlySpan<byte> body)
        => new([url], method, body.IsEmpty ? null : Hashes.Sha256(body));
}

/// <summary>Checks the <c>Authorization</c> header of signed requests (NIP-98). Pure: the time is an argument, nothing is remembered;
/// <see cref="Nip98ReplayGuard"/> remembers.</summary>
public static class Nip98
{
    /// <summary>The event kind.</summary>
    public const int Kind = 27_235;

    /// <summary>A header longer than this many characters is refused before it is decoded.</summary>
    public const int MaximumHeaderLength = 8_192;

    private const string Scheme = "Nostr ";
    private const int MaximumEventBytes = MaximumHeaderLength / 4 * 3;

    /// <summary>How far a request's time may be from the server's, either way.</summary>
    public static TimeSpan DefaultWindow { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Checks one header; the first failure wins, in the order of <see cref="Nip98Problem"/>.</summary>
    /// <param name="authorization">The header's value; null where the request has none or more than one.</param>
    /// <param name="request">What it must be signed for.</param>
    /// <param name="now">The server's time; compared in whole seconds.</param>
    /// <param name="window">How far <c>created_at</c> may be away, inclusive.</param>
    public static Nip98Answer Verify(string? authorization, Nip98Request request, DateTimeOffset now, TimeSpan window)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Decode(authorization, out var signed) is { } refusal ? refusal : Check(signed!, request, now, window);
    }

    /// <summary>Checks everything but the body, so that nobody's bytes are read before it is known who sends them. Give the body to
    /// <see cref="Nip98Login.CheckBody"/> afterwards.</summary>
    /// <param name="authorization">As for <see cref="Verify"/>.</param>
    /// <param name="request">What it must be signed for; its body is not looked at.</param>
    /// <param name="now">The server's time; compared in whole seconds.</param>
    /// <param name="window">How far <c>created_at</c> may be away, inclusive.</param>
    public static Nip98Answer VerifyHead(string? authorization, Nip98Request request, DateTimeOffset now, TimeSpan window)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Decode(authorization, out var signed) is { } refusal ? refusal : Check(signed!, request, now, window, isHead: true);
    }

    private static Nip98Answer? Decode(string? authorization, out NostrEvent? signed)
    {
        signed = null;
        if (string.IsNullOrEmpty(authorization) || authorization.AsSpan().ContainsAnyExceptInRange('\0', '\x7f'))
        {
            return Nip98Answer.Refuse(Nip98Problem.NoAuthHeader);
        }

        if (authorization.Length > MaximumHeaderLength || !authorization.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return Nip98Answer.Refuse(Nip98Problem.InvalidAuthFormat);
        }

        var text = authorization[Scheme.Length..];
        var bytes = new byte[MaximumEventBytes];
        if (!Convert.TryFromBase64String(text, bytes, out var written) || Convert.ToBase64String(bytes, 0, written) != text)
        {
            return Nip98Answer.Refuse(Nip98Problem.InvalidBase64, "expected standard base64 with padding");
        }

        try
        {
            signed = NostrEvent.Parse(bytes.AsSpan(0, written), MaximumEventBytes);
            return null;
        }
        catch (NostrFormatException exception)
        {
            return Nip98Answer.Refuse(Nip98Problem.InvalidEventJson, exception.Message);
        }
    }

    private static Nip98Answer Check(NostrEvent signed, Nip98Request request, DateTimeOffset now, TimeSpan window, bool isHead = false)
    {
        if (signed.Kind != Kind)
        {
            return Nip98Answer.Refuse(Nip98Problem.InvalidEventKind);
        }

        if (!IsWithin(signed.CreatedAt, now.ToUnixTimeSeconds(), (long)window.TotalSeconds))
        {
            return Nip98Answer.Refuse(Nip98Problem.ExpiredTimestamp);
        }

        var refusal = HttpTags.Read(signed.Tags, out var tags)
            ?? (isHead || request.BodySha256 is null || tags.Payload is not null ? null : Nip98Login.NoPayload)
            ?? CheckTarget(tags, request)
            ?? (isHead ? null : Nip98Login.CheckPayload(tags.Payload, request.BodySha256));
        if (refusal is not null)
        {
            return Nip98Answer.Refuse(refusal);
        }

        if (signed.Content.Length != 0)
        {
            return Nip98Answer.Refuse(Nip98Problem.NonEmptyContent);
        }

        return !signed.HasValidId() ? Nip98Answer.Refuse(Nip98Problem.InvalidSignature, "the id is not the event's")
            : !signed.HasValidSignature() ? Nip98Answer.Refuse(Nip98Problem.InvalidSignature, "the signature is not the author's")
            : Nip98Answer.Of(new Nip98Login(signed.PublicKey, signed.Id, signed.CreatedAt, tags.Payload));
    }

    private static Nip98Error? CheckTarget(HttpTags tags, Nip98Request request)
    {
        var expected = request.Urls.Select(HttpAddress.Normalize).ToArray();
        if (expected.Length == 0 || expected.Contains(null))
        {
            return Nip98Error.Of(Nip98Problem.InvalidUrl, "the request's own address is not an absolute URL");
        }

        if (!HttpTags.IsMethod(request.Method))
        {
            return Nip98Error.Of(Nip98Problem.InvalidMethod, "GET, POST, PUT and PATCH can be signed");
        }

        return !expected.Contains(tags.Url, StringComparer.Ordinal) || tags.Method != request.Method
            ? Nip98Error.Of(Nip98Problem.UrlMethodMismatch)
            : null;
    }

    private static bool IsWithin(long createdAt, long now, long window)
        => createdAt <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && Math.Abs(now - createdAt) <= window;

    /// <summary>The three tags that say what was signed.</summary>
    private readonly record struct HttpTags(string Url, string Method, string? Payload)
    {
        internal static bool IsMethod(string? method) => method is "GET" or "POST" or "PUT" or "PATCH";

        internal static Nip98Error? Read(ImmutableArray<ImmutableArray<string>> tags, out HttpTags result)
        {
            result = default;
            if (!TrySingle(tags, "u", out var url) || !TrySingle(tags, "method", out var method)
                || !TrySingle(tags, "payload", out var payload))
            {
                return Nip98Error.Of(Nip98Problem.InvalidHttpData, "a tag is given twice or has not exactly one value");
            }

            if (HttpAddress.Normalize(url) is not { } address)
            {
                return Nip98Error.Of(Nip98Problem.InvalidHttpData, "the u tag is missing or no absolute URL");
            }

            if (!IsMethod(method))
            {
                return Nip98Error.Of(Nip98Problem.InvalidHttpData, "the method tag is missing or not GET, POST, PUT or PATCH");
            }

            if (payload is not null && !Hex.TryDecode(payload, 32, out _))
            {
                return Nip98Error.Of(Nip98Problem.InvalidHttpData, "the payload tag is not 64 hex digits");
            }

            result = new(address, method!, payload?.ToLowerInvariant());
            return null;
        }

        /// <summary>False where the tag is there twice or has not exactly one value; true with null where it is absent.</summary>
        private static bool TrySingle(ImmutableArray<ImmutableArray<string>> tags, string name, out string? value)
        {
            value = null;
            foreach (var tag in tags)
            {
                if (tag[0] == name)
                {
                    if (value is not null || tag.Length != 2)
                    {
                        return false;
                    }

                    value = tag[1];
                }
            }

            return true;
        }
    }
}
