using System.Collections.Immutable;
using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>Makes the <c>Authorization</c> header that signs one request (NIP-98).</summary>
public static class Nip98Header
{
    /// <summary>The header's value: <c>Nostr </c> and base64. One header serves one request: servers refuse it a second time.</summary>
    /// <param name="key">The caller's key.</param>
    /// <param name="url">The absolute URL with its query, as it will be requested.</param>
    /// <param name="method">GET, POST, PUT or PATCH, in upper case.</param>
    /// <param name="body">The exact bytes to be sent; empty for none.</param>
    /// <param name="now">The time of the request.</param>
    /// <remarks>A tag with eight random bytes is added, so that two equal requests in one second are two events.</remarks>
    public static string Create(SecretKey key, string url, string method, ReadOnlySpan<byte> body, DateTimeOffset now)
        => Of(Event(key, url, method, body, now));

    /// <summary>The header's value for a ready-made event.</summary>
    public static string Of(NostrEvent signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        return $"Nostr {Convert.ToBase64String(signed.ToJson())}";
    }

    /// <summary>The event behind <see cref="Create"/>.</summary>
    public static NostrEvent Event(SecretKey key, string url, string method, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var tags = ImmutableArray.CreateBuilder<ImmutableArray<string>>(4);
        tags.Add(["u", url]);
        tags.Add(["method", method]);
        if (!body.IsEmpty)
        {
            tags.Add(["payload", Hex.Encode(SHA256.HashData(body))]);
        }

        tags.Add(["request", Hex.Encode(RandomNumberGenerator.GetBytes(8))]);
        return NostrEvent.Sign(key, now.ToUnixTimeSeconds(), Nip98.Kind, tags.ToImmutable(), string.Empty);
    }
}
