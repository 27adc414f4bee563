using System.Collections.Immutable;

namespace Coordinator.Gateway;

/// <summary>The origins that signed requests may name. Read after the listeners are bound.</summary>
internal sealed class PublicOrigins(GatewayOptions options, GatewayAddresses addresses)
{
    private ImmutableArray<string> _origins;

    internal ImmutableArray<string> All
        => _origins.IsDefault
            ? _origins = options.Origins.Count > 0 ? [.. options.Origins.Select(origin => origin.TrimEnd('/'))] : Own(addresses.Public)
            : _origins;

    internal static bool IsOrigin(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url is { PathAndQuery: "/", Fragment: "", UserInfo: "" } && text.IndexOfAny(['?', '#', '@', '\\', ' ']) < 0;

    /// <summary>The listener's own address, which the options allow here only where it is loopback, and its usual name.</summary>
    private static ImmutableArray<string> Own(Uri address)
        => [.. new[] { address, new UriBuilder(address) { Host = "localhost" }.Uri }.Select(own => own.GetLeftPart(UriPartial.Authority))];
}
