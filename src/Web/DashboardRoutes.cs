using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coordinator.Web;

/// <summary>Puts the operator's pages into a host.</summary>
public static class DashboardRoutes
{
    /// <summary>Registers what the pages need. The host supplies <c>IGrainFactory</c>, <see cref="TimeProvider"/>, <see cref="IOperatorDoor"/> and
    /// <see cref="IServicesView"/>, and where it has them <see cref="DashboardScene"/>, <see cref="IStationList"/> and <c>IGrainReport</c>.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(new DashboardScene("regtest"));
        services.AddSingleton<OperatorSessions>();
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<Explorer>();
        return services;
    }

    /// <summary>Maps every page, below <c>/admin</c> of the operator's listener.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        foreach (var start in new[] { "/", "/admin" })
        {
            routes.MapMethods(start, [HttpMethods.Get], context => Layout.GoAsync(context, "/admin/competitions"));
        }

        PageAssets.Map(routes);
        SignInPage.Map(routes);
        CompetitionsPage.Map(routes);
        StoryPage.Map(routes);
        CreatePage.Map(routes);
        EndingPages.Map(routes);
        HoldsPage.Map(routes);
        OwedPage.Map(routes);
        WalletPage.Map(routes);
        SendPages.Map(routes);
        ServicesPage.Map(routes);
        GrainsPage.Map(routes);
    }

    /// <summary>Lets endpoints of somebody else's be reached by a signed-in operator only. Requests that may change something have to come from a page
    /// of this service besides.</summary>
    /// <param name="endpoints">A route or a group of them.</param>
    /// <param name="contentSecurityPolicy">What their pages need; null: nothing may be loaded at all.</param>
    public static T RequireOperatorSession<T>(this T endpoints, string? contentSecurityPolicy = null)
        where T : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } inner)
            {
                endpoint.RequestDelegate = context => EnterAsync(context, inner, contentSecurityPolicy);
            }
        });
        return endpoints;
    }

    private static async Task EnterAsync(HttpContext context, RequestDelegate inner, string? policy)
    {
        var (look, session) = context.RequestServices.GetRequiredService<OperatorSessions>()
            .Find(context.RequestServices.GetRequiredService<SessionCookies>().Session(context), isUse: false);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (session is null)
        {
            await SignInPage.AskAsync(context, look == SessionLook.Missing ? Refusal.Missing : Refusal.Expired);
        }
        else if (!isRead && !SameSite.IsOwn(context.Request))
        {
            await Layout.RefuseAsync(context, session, Refusal.CrossSite);
        }
        else
        {
            if (policy is not null)
            {
                context.Response.Headers.ContentSecurityPolicy = policy;
            }

            await inner(context);
        }
    }
}
