using Coordinator.Gateway.Routes;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway;

/// <summary>The routes of each listener. Parse, call, map: no rule and no state lives here.</summary>
public static class GatewayEndpoints
{
    /// <summary>What players call (http-api §5 to §11).</summary>
    public static void MapPublic(IEndpointRouteBuilder routes)
    {
        HealthRoutes.MapPublic(routes);
        CompetitionRoutes.MapPublic(routes);
        TicketRoutes.Map(routes);
        EscrowRoutes.Map(routes);
        EntryRoutes.Map(routes);
        SigningRoutes.Map(routes);
        PayoutRoutes.Map(routes);
        UserRoutes.Map(routes);
        UsernameRoutes.Map(routes);
        DocumentRoutes.MapPublic(routes);
    }

    /// <summary>What operators call: create, cancel, release, wallet, health in detail.</summary>
    public static void MapOperator(IEndpointRouteBuilder routes)
    {
        HealthRoutes.MapOperator(routes);
        CompetitionRoutes.MapOperator(routes);
        ServiceRoutes.Map(routes);
        InsightRoutes.Map(routes);
        WalletRoutes.Map(routes);
        DocumentRoutes.MapOperator(routes);
    }

    /// <summary>What scrapers call.</summary>
    public static void MapMetrics(IEndpointRouteBuilder routes) => MetricsRoutes.Map(routes);
}
