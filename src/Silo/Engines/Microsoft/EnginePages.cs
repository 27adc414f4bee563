using Coordinator.Web;
using Orleans.Dashboard;

namespace Coordinator.Silo;

/// <summary>Orleans' own dashboard, on the operators' listener. It asks nobody who they are, so it is behind the operator's sign-in.</summary>
internal static class EnginePages
{
    /// <summary>Where it is, below the operators' listener.</summary>
    private const string Path = "/orleans";

    private const string Policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    public static ISiloBuilder AddEnginePages(this ISiloBuilder silo) => silo
        .ConfigureServices(services => services.AddSingleton(new FurtherPage("Orleans", Path + "/")))
        .AddDashboard(options => options.HideTrace = true);

    /// <summary>Only for an operator who is signed in.</summary>
    public static void MapEnginePages(this IEndpointRouteBuilder routes) => routes.MapOrleansDashboard(Path).RequireOperatorSession(Policy);
}
