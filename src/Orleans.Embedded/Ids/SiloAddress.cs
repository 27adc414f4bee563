using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Names one life of one silo.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>Where it would listen; this engine listens nowhere, so the port is 0.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Which life it is.</summary>
    public int Generation { get; }

    /// <summary>Joins the parts.</summary>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <inheritdoc/>
    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    /// <summary><c>S127.0.0.1:0:7</c>.</summary>
    public override string ToString() => $"S{Endpoint}:{Generation}";
}

/// <summary>Where a silo is in its life.</summary>
public enum SiloStatus
{
    /// <summary>Unknown.</summary>
    None,

    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>Starting.</summary>
    Joining,

    /// <summary>Takes calls.</summary>
    Active,

    /// <summary>Stopping in good order.</summary>
    ShuttingDown,

    /// <summary>Stopping because it failed to start.</summary>
    Stopping,

    /// <summary>Over.</summary>
    Dead,
}

/// <summary>Who this silo is.</summary>
public interface ILocalSiloDetails
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Its cluster.</summary>
    string ClusterId { get; }

    /// <summary>Its host.</summary>
    string DnsHostName { get; }

    /// <summary>Its address.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Its gateway's address.</summary>
    SiloAddress GatewayAddress { get; }
}
