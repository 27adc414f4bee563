using System.Net;
using Coordinator.Gateway.Metering;
using Microsoft.AspNetCore.Connections;

namespace Coordinator.Gateway.Limits;

/// <summary>Counts the open connections of one listener, and of each address to it. Those beyond are closed without a word.</summary>
internal sealed class ConnectionLimits(int most, int mostPerAddress, ClientAddresses clients, GatewayMeter meter)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _open;

    internal ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var address = ClientAddresses.Of(peer);
        if (!TryOpen(address, clients.IsTrusted(peer)))
        {
            meter.Throttle("connections");
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Close(address);
        }
    };

    internal bool TryOpen(IPAddress address, bool isTrusted)
    {
        lock (_gate)
        {
            var own = _byAddress.GetValueOrDefault(address);
            if (_open >= most || (own >= mostPerAddress && !isTrusted))
            {
                return false;
            }

            _open++;
            _byAddress[address] = own + 1;
            return true;
        }
    }

    internal void Close(IPAddress address)
    {
        lock (_gate)
        {
            _open--;
            if (--_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }
        }
    }
}
