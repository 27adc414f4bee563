using System.Net;

namespace Coordinator.Silo;

/// <summary>How this process is part of a cluster. Only the Microsoft engine has clusters: with the embedded one every key has to keep its default.</summary>
public sealed class OrleansSection
{
    /// <summary>silo: the process with the grains, keys and data. gateway: answers players and operators for it, and holds nothing. Default silo.</summary>
    public string Role { get; set; } = "silo";

    /// <summary>Where members are found: localhost (one silo on this machine) or postgres. Default localhost.</summary>
    public string Clustering { get; set; } = "localhost";

    /// <summary>Name of the cluster: processes that share it find each other. Default coordinator.</summary>
    public string ClusterId { get; set; } = "coordinator";

    /// <summary>Name of the service, which outlives clusters. Default coordinator.</summary>
    public string ServiceId { get; set; } = "coordinator";

    /// <summary>Port at which silos reach this one, 1 to 65 535. Default 11111.</summary>
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Port at which gateways reach this silo, 1 to 65 535. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>This machine's IP address as the others reach it; with postgres a silo needs it. Default none.</summary>
    public string? Address { get; set; }

    /// <summary>A file with the connection string of the PostgreSQL database that has Orleans' tables. Default none.</summary>
    public string? ConnectionStringFile { get; set; }

    internal bool IsGateway => Role == "gateway";

    internal bool UsesPostgres => Clustering == "postgres";

    internal IPAddress OwnAddress => Address is null ? IPAddress.Loopback : IPAddress.Parse(Address);

    internal string ConnectionString => ConnectionStringFile is null ? string.Empty : File.ReadAllText(ConnectionStringFile).Trim();

    /// <summary>Everything that is wrong, one sentence each, naming key and value.</summary>
    /// <param name="hasClusters">Whether the engine of this build has clusters.</param>
    internal IEnumerable<string> Complaints(bool hasClusters) => [.. ChoiceComplaints(), .. PlaceComplaints(), .. hasClusters ? [] : ForeignKeys()];

    /// <summary>What is wrong with the files that are named.</summary>
    internal IEnumerable<string> FileComplaints() => ConnectionStringFile is { } file && !File.Exists(file) ? [$"Orleans:ConnectionStringFile is '{file}'; there is no such file"] : [];

    private IEnumerable<string> ForeignKeys()
    {
        var none = new OrleansSection();
        (string Key, object? Value, object? Default)[] keys =
        [
            (nameof(Role), Role, none.Role), (nameof(Clustering), Clustering, none.Clustering), (nameof(ClusterId), ClusterId, none.ClusterId),
            (nameof(ServiceId), ServiceId, none.ServiceId), (nameof(SiloPort), SiloPort, none.SiloPort), (nameof(GatewayPort), GatewayPort, none.GatewayPort),
            (nameof(Address), Address, none.Address), (nameof(ConnectionStringFile), ConnectionStringFile, none.ConnectionStringFile),
        ];
        var changed = keys.Where(key => !Equals(key.Value, key.Default)).Select(key => $"Orleans:{key.Key}").ToArray();
        return changed.Length == 0 ? []
            : [$"this build has the embedded engine, which is one process: {string.Join(", ", changed)} must keep the default; build with -p:OrleansEngine=Microsoft for a cluster"];
    }

    private IEnumerable<string> ChoiceComplaints()
    {
        if (Role is not ("silo" or "gateway"))
        {
            yield return $"Orleans:Role is '{Role}'; it must be silo or gateway";
        }

        if (Clustering is not ("localhost" or "postgres"))
        {
            yield return $"Orleans:Clustering is '{Clustering}'; it must be localhost or postgres";
        }

        foreach (var (key, value) in new[] { (nameof(ClusterId), ClusterId), (nameof(ServiceId), ServiceId) })
        {
            if (value.Length is 0 or > 100 || !value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            {
                yield return $"Orleans:{key} is '{value}'; it must be 1 to 100 letters, digits, - or _";
            }
        }
    }

    private IEnumerable<string> PlaceComplaints()
    {
        foreach (var (key, value) in new[] { (nameof(SiloPort), SiloPort), (nameof(GatewayPort), GatewayPort) })
        {
            if (value is < 1 or > 65_535)
            {
                yield return $"Orleans:{key} is {value}; it must be 1 to 65535";
            }
        }

        if (SiloPort == GatewayPort)
        {
            yield return $"Orleans:SiloPort and Orleans:GatewayPort are both {SiloPort}";
        }

        if (Address is not null && !IPAddress.TryParse(Address, out _))
        {
            yield return $"Orleans:Address is '{Address}'; it must be an IP address";
        }

        if (UsesPostgres && !IsGateway && Address is null)
        {
            yield return "Orleans:Address is missing; with Orleans:Clustering postgres the others have to know where this silo is";
        }

        if (UsesPostgres != (ConnectionStringFile is not null))
        {
            yield return $"Orleans:ConnectionStringFile is '{ConnectionStringFile}' and Orleans:Clustering is '{Clustering}'; the one needs the other";
        }
    }
}
