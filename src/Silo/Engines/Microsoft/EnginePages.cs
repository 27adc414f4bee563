using Orleans.Dashboard;

namespace Coordinator.Silo;

/// <summary>Orleans' own dashboard, on the operators' listener. It asks nobody who they are: whoever maps it has to.</summary>
internal static class EnginePages
{
    /// <summary>Where it is, below the operators' listener.</summary>
    private const string Path = "/orleans";

    public static ISiloBuilder AddEnginePages(this ISiloBuilder silo) => silo.AddDashboard(options => options.HideTrace = true);

    public static RouteGroupBuilder MapEnginePages(this IEndpointRouteBuilder routes) => routes.MapOrleansDashboard(Path);
}
