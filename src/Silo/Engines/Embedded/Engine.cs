namespace Coordinator.Silo;

/// <summary>The embedded engine: one process, which finds itself.</summary>
internal static class Engine
{
    public const bool HasClusters = false;

    public static ISiloBuilder Join(this ISiloBuilder silo, OrleansSection section) => silo;

    /// <summary>Never reached: a gateway is refused with the configuration.</summary>
    public static void Connect(this IClientBuilder client, OrleansSection section) => throw new SiloConfigurationException(section.Complaints(HasClusters));

    /// <summary>This engine has no pages of its own.</summary>
    public static void MapEnginePages(this IEndpointRouteBuilder routes)
    {
    }
}
