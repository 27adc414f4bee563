using System.Net;
using System.Security.Cryptography.X509Certificates;
using Coordinator.Gateway.Limits;
using Coordinator.Gateway.Metering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway;

/// <summary>Binds the three listeners and knows, once the host has started, where they really are (port 0 included).</summary>
public sealed class GatewayAddresses
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly GatewayOptions _options;
    private readonly Dictionary<ListenerKind, ListenOptions> _bound = [];

    internal GatewayAddresses(GatewayOptions options) => _options = options;

    /// <summary>The players' listener.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Uri Public => Of(ListenerKind.Public, "http");

    /// <summary>The operator's listener.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Uri Operator => Of(ListenerKind.Operator, _options.OperatorHasTls ? "https" : "http");

    /// <summary>The metrics listener.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Uri Metrics => Of(ListenerKind.Metrics, "http");

    internal void Bind(KestrelServerOptions kestrel)
    {
        var limits = _options.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.Limits.MaxRequestLineSize = 8 * 1_024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTime;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTime;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.LeastBytesPerSecond, Grace);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.LeastBytesPerSecond, Grace);
        Listen(kestrel, ListenerKind.Public, _options.PublicAddress, _options.PublicPort);
        Listen(kestrel, ListenerKind.Operator, _options.OperatorAddress, _options.OperatorPort);
        Listen(kestrel, ListenerKind.Metrics, _options.MetricsAddress, _options.MetricsPort);
    }

    private void Listen(KestrelServerOptions kestrel, ListenerKind kind, string address, int port)
        => kestrel.Listen(new IPEndPoint(IPAddress.Parse(address), port), listen =>
        {
            var feature = new ListenerFeature(kind);
            _bound[kind] = listen;
            var perAddress = kind == ListenerKind.Public ? _options.Limits.ConnectionsPerAddress : _options.Limits.Connections;
            var connections = new ConnectionLimits(
                _options.Limits.Connections,
                perAddress,
                kestrel.ApplicationServices.GetRequiredService<ClientAddresses>(),
                kestrel.ApplicationServices.GetRequiredService<GatewayMeter>());
            listen.Use(connections.Around);
            listen.Use(next => connection =>
            {
                connection.Features.Set(feature);
                return next(connection);
            });
            if (kind == ListenerKind.Operator && _options.OperatorHasTls)
            {
                listen.UseHttps(Certificate());
            }
            else
            {
                listen.Protocols = HttpProtocols.Http1;
            }
        });

    private X509Certificate2 Certificate()
        => X509Certificate2.CreateFromPemFile(_options.OperatorCertificateFile!, _options.OperatorKeyFile);

    private Uri Of(ListenerKind kind, string scheme)
        => _bound.TryGetValue(kind, out var listen) && listen.IPEndPoint is { Port: > 0 } end
            ? new Uri($"{scheme}://{end}")
            : throw new InvalidOperationException("the listeners are not bound: start the host first");
}
