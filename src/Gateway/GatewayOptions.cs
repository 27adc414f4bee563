using System.Net;
using Coordinator.Gateway.Limits;
using Coordinator.Web;

namespace Coordinator.Gateway;

/// <summary>Where the gateway listens and whom it believes. Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>IP address of the players' listener. Default 127.0.0.1.</summary>
    public string PublicAddress { get; set; } = "127.0.0.1";

    /// <summary>0 to 65 535; 0 takes a free one. Default 9990.</summary>
    public int PublicPort { get; set; } = 9990;

    /// <summary>IP address of the operator's listener. Default 127.0.0.1.</summary>
    public string OperatorAddress { get; set; } = "127.0.0.1";

    /// <summary>0 to 65 535; 0 takes a free one. Default 9991.</summary>
    public int OperatorPort { get; set; } = 9991;

    /// <summary>IP address of the metrics listener. Default 127.0.0.1.</summary>
    public string MetricsAddress { get; set; } = "127.0.0.1";

    /// <summary>0 to 65 535; 0 takes a free one. Default 9992.</summary>
    public int MetricsPort { get; set; } = 9992;

    /// <summary>
    /// The origins under which players reach the public listener, as <c>https://host[:port]</c> without a path: signed requests must name
    /// one of them. The client's <c>Host</c> header is never believed. Empty: only the listener's own address and localhost, where that is
    /// loopback.
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>Further origins whose pages may read answers in a browser (CORS), as <c>https://host[:port]</c>; those of
    /// <see cref="Origins"/> always may. They are not what requests are signed for. Default none.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>Addresses or networks (<c>10.0.0.0/8</c>) of proxies in front: their <c>X-Forwarded-For</c> says whom limits count against, and
    /// nothing else. Default none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>How much is taken from whom.</summary>
    public GatewayLimits Limits { get; set; } = new();

    /// <summary>A file that holds the operator's token, at least 32 printable characters; blanks around it are ignored.</summary>
    public string OperatorTokenFile { get; set; } = string.Empty;

    /// <summary>PEM certificate of the operator's listener; with its key in <see cref="OperatorKeyFile"/> it speaks TLS.</summary>
    public string? OperatorCertificateFile { get; set; }

    /// <summary>PEM key of <see cref="OperatorCertificateFile"/>.</summary>
    public string? OperatorKeyFile { get; set; }

    /// <summary>Lets the operator's listener leave loopback without TLS: only behind something that adds it. Default false.</summary>
    public bool OperatorMayBeInClear { get; set; }

    /// <summary>The operator's pages.</summary>
    public DashboardOptions Dashboard { get; set; } = new();

    internal bool OperatorHasTls => !string.IsNullOrEmpty(OperatorCertificateFile);

    /// <summary>Everything that is wrong, one sentence each, naming key and value. Empty where the gateway can start.</summary>
    public IEnumerable<string> Complaints() => ValueComplaints().Concat(FileComplaints());

    /// <summary>What is wrong with the values; touches no file.</summary>
    public IEnumerable<string> ValueComplaints()
    {
        foreach (var complaint in ListenerComplaints().Concat(OriginComplaints()).Concat(Limits.Complaints()).Concat(Dashboard.Complaints()))
        {
            yield return complaint;
        }

        if (OperatorTokenFile.Length == 0)
        {
            yield return "Gateway:OperatorTokenFile is missing; the operators' listener needs a token";
        }
    }

    /// <summary>What is wrong with the files that are named.</summary>
    public IEnumerable<string> FileComplaints()
    {
        if (OperatorHasTls && (!File.Exists(OperatorCertificateFile) || !File.Exists(OperatorKeyFile)))
        {
            yield return "Gateway:OperatorCertificateFile and Gateway:OperatorKeyFile must both be files";
        }

        if (OperatorTokenFile.Length == 0)
        {
            yield break;
        }

        if (!File.Exists(OperatorTokenFile))
        {
            yield return $"Gateway:OperatorTokenFile '{OperatorTokenFile}' is not a file";
        }
        else if (OperatorToken.TryRead(OperatorTokenFile) is null)
        {
            yield return $"Gateway:OperatorTokenFile '{OperatorTokenFile}' must hold {OperatorToken.MinimumLength} to "
                + $"{OperatorToken.MaximumLength} printable characters without blanks";
        }
    }

    internal static IPAddress? AddressOf(string text) => IPAddress.TryParse(text, out var address) ? address : null;

    private IEnumerable<string> ListenerComplaints()
    {
        (string Name, string Address, int Port)[] listeners =
            [("Public", PublicAddress, PublicPort), ("Operator", OperatorAddress, OperatorPort), ("Metrics", MetricsAddress, MetricsPort)];
        foreach (var (name, address, port) in listeners)
        {
            if (AddressOf(address) is null)
            {
                yield return $"Gateway:{name}Address is '{address}'; it must be an IP address";
            }

            if (port is < 0 or > 65_535)
            {
                yield return $"Gateway:{name}Port is {port}; it must be 0 to 65535";
            }
        }

        foreach (var shared in listeners.Where(listener => listener.Port != 0).GroupBy(listener => listener.Port).Where(group => group.Count() > 1))
        {
            yield return $"Gateway:{string.Join("Port and Gateway:", shared.Select(listener => listener.Name))}Port are both {shared.Key}; "
                + "no two listeners share a port";
        }

        if (AddressOf(OperatorAddress) is { } own && !IPAddress.IsLoopback(own) && !OperatorHasTls && !OperatorMayBeInClear)
        {
            yield return $"Gateway:OperatorAddress '{OperatorAddress}' is not loopback: set Gateway:OperatorCertificateFile, "
                + "or Gateway:OperatorMayBeInClear where something in front adds TLS";
        }

        if (OperatorHasTls == string.IsNullOrEmpty(OperatorKeyFile))
        {
            yield return "Gateway:OperatorKeyFile and Gateway:OperatorCertificateFile belong together; set both or none";
        }
    }

    private IEnumerable<string> OriginComplaints()
    {
        foreach (var origin in Origins.Where(origin => !PublicOrigins.IsOrigin(origin)))
        {
            yield return $"Gateway:Origins has '{origin}'; it must be http or https, a host, perhaps a port, and nothing else";
        }

        foreach (var origin in CorsOrigins.Where(origin => !PublicOrigins.IsOrigin(origin) || origin.EndsWith('/')))
        {
            yield return $"Gateway:CorsOrigins has '{origin}'; it must be http or https, a host, perhaps a port, and nothing else";
        }

        foreach (var proxy in TrustedProxies.Where(proxy => ClientAddresses.TryNetwork(proxy) is null))
        {
            yield return $"Gateway:TrustedProxies has '{proxy}'; it must be an IP address or a network as 10.0.0.0/8";
        }

        if (Origins.Count == 0 && AddressOf(PublicAddress) is { } address && !IPAddress.IsLoopback(address))
        {
            yield return $"Gateway:Origins is empty and Gateway:PublicAddress '{PublicAddress}' is not loopback: "
                + "name the origins players use";
        }
    }
}

/// <summary>The gateway cannot start with these options.</summary>
public sealed class GatewayConfigurationException(IEnumerable<string> complaints) : Exception(string.Join(Environment.NewLine, complaints));
