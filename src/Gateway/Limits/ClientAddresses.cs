using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Limits;

/// <summary>
/// Whom a request is held against: the peer, or where the peer is a trusted proxy, the last address in <c>X-Forwarded-For</c> that is none.
/// Only limits use it. An IPv6 address counts with its whole /64, which one customer has.
/// </summary>
internal sealed class ClientAddresses
{
    private const int MostHops = 16;
    private readonly IPNetwork[] _trusted;

    public ClientAddresses(GatewayOptions options) => _trusted = [.. options.TrustedProxies.Select(text => TryNetwork(text)!.Value)];

    internal IPAddress Of(HttpContext context)
    {
        var peer = Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        return IsTrusted(peer) ? Group(Forwarded(context, peer)) : Group(peer);
    }

    internal static IPAddress Of(IPAddress peer) => Group(Plain(peer));

    internal bool IsTrusted(IPAddress peer)
    {
        var plain = Plain(peer);
        return Array.Exists(_trusted, network => network.Contains(plain));
    }

    /// <summary>An address, or a network as <c>10.0.0.0/8</c>; null for anything else.</summary>
    internal static IPNetwork? TryNetwork(string text)
        => IPAddress.TryParse(text, out var address) ? new IPNetwork(Plain(address), Plain(address).GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(text, out var network) ? network
            : null;

    private IPAddress Forwarded(HttpContext context, IPAddress peer)
    {
        var hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries);
        foreach (var hop in hops.Reverse().Take(MostHops))
        {
            if (!IPAddress.TryParse(hop, out var address))
            {
                return peer;
            }

            peer = Plain(address);
            if (!IsTrusted(peer))
            {
                return peer;
            }
        }

        return peer;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Group(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
