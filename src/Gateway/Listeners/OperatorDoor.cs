using System.Net;
using Coordinator.Gateway.Limits;
using Coordinator.Web;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway;

/// <summary>The operator's token for the pages: the same token, and the same count of wrong ones, as for the API.</summary>
internal sealed class OperatorDoor(OperatorToken token, Allowances allowances, ClientAddresses clients, GatewayOptions options) : IOperatorDoor
{
    /// <summary>Off loopback there is TLS, here or in front: the options insist on it.</summary>
    public bool IsSecure => options.OperatorHasTls || (GatewayOptions.AddressOf(options.OperatorAddress) is { } own && !IPAddress.IsLoopback(own));

    public TimeSpan Wait(HttpContext context) => allowances.LookToken(clients.Of(context));

    public bool IsToken(HttpContext context, string presented)
    {
        if (token.Matches(presented))
        {
            return true;
        }

        allowances.CountToken(clients.Of(context));
        return false;
    }
}
