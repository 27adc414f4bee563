using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordinator.Gateway;

/// <summary>Binds the three listeners and knows, once the host has started, where they really are (port 0 included).</summary>
public sealed class GatewayAddresses
{
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
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyLimit.Small;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1_024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1_024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        Listen(kestrel, ListenerKind.Public, _options.PublicAddress, _options.PublicPort);
        Listen(kestrel, ListenerKind.Operator, _options.OperatorAddress, _options.OperatorPort);
        Listen(kestrel, ListenerKind.Metrics, _options.MetricsAddress, _options.MetricsPort);
    }

    private void Listen(KestrelServerOptions kestrel, ListenerKind kind, string address, int port)
        => kestrel.Listen(new IPEndPoint(IPAddress.Parse(address), port), listen =>
        {
            var feature = new ListenerFeature(kind);
            _bound[kind] = listen;
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
