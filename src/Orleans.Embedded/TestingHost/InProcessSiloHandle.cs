using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded;

namespace Orleans.TestingHost;

/// <summary>One life of a silo in a test cluster.</summary>
public sealed class InProcessSiloHandle
{
    internal InProcessSiloHandle(IHost host, string name)
    {
        SiloHost = host;
        Name = name;
        Silo = host.Services.GetRequiredService<Silo>();
        SiloAddress = Silo.SiloAddress;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its address; a restarted silo has a new one.</summary>
    public SiloAddress SiloAddress { get; }

    /// <summary>Its host.</summary>
    public IHost SiloHost { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <summary>Whether it takes calls.</summary>
    public bool IsActive => Silo.Status == SiloStatus.Active;

    internal Silo Silo { get; }

    /// <summary>The address.</summary>
    public override string ToString() => SiloAddress.ToString();
}
