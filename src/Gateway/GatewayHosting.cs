using Coordinator.Gateway.Limits;
using Coordinator.Gateway.Lists;
using Coordinator.Gateway.Metering;
using Coordinator.Gateway.Requests;
using Coordinator.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coordinator.Gateway;

/// <summary>Puts the gateway into a host: three listeners in one web application.</summary>
public static class GatewayHosting
{
    /// <summary>Registers the gateway and its listeners. The host supplies <c>IGrainFactory</c>, and where it has them
    /// <see cref="TimeProvider"/> and <see cref="IHealthReport"/>.</summary>
    /// <exception cref="GatewayConfigurationException">The options are not usable; every complaint at once.</exception>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddGateway(options);
        return builder;
    }

    /// <summary>Registers the gateway's services; Kestrel must be the server.</summary>
    /// <exception cref="GatewayConfigurationException">The options are not usable; every complaint at once.</exception>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Complaints().ToArray() is { Length: > 0 } complaints)
        {
            throw new GatewayConfigurationException(complaints);
        }

        var addresses = new GatewayAddresses(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(addresses);
        services.AddSingleton(
            OperatorToken.TryRead(options.OperatorTokenFile) ?? throw new GatewayConfigurationException(["the token file is gone"]));
        services.AddSingleton<PublicOrigins>();
        services.AddSingleton<SignedRequests>();
        services.AddSingleton<BodyLimits>();
        services.AddSingleton<ClientAddresses>();
        services.AddSingleton<CompetitionLists>();
        services.AddSingleton<Allowances>();
        services.AddSingleton(provider => new ServicesWatch(provider.GetRequiredService<TimeProvider>(), provider.GetService<IHealthReport>()));
        services.AddSingleton<IServicesView>(provider => provider.GetRequiredService<ServicesWatch>());
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<MetricsText>();
        services.AddSingleton<IOperatorDoor, OperatorDoor>();
        services.AddDashboard(options.Dashboard);
        services.AddRoutingCore();
        services.AddResponseCompression(compression =>
        {
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = ["application/json", "application/problem+json", "text/plain", "text/html", "text/css", "text/javascript"];
        });
        services.Configure<KestrelServerOptions>(addresses.Bind);
        return services;
    }

    /// <summary>Adds the pipeline: log, errors, compression, then each listener with its own routes. Call it once, last.</summary>
    /// <param name="app">A web application built with <see cref="AddGateway(WebApplicationBuilder, GatewayOptions)"/>.</param>
    /// <param name="alsoPublic">Further routes of the public listener, such as pages.</param>
    /// <param name="alsoOperator">Further routes of the operator's listener; each has to find out who calls (<see cref="DashboardRoutes.RequireOperatorSession"/>).</param>
    public static WebApplication MapGateway(
        this WebApplication app, Action<IEndpointRouteBuilder>? alsoPublic = null, Action<IEndpointRouteBuilder>? alsoOperator = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        _ = app.Services.GetRequiredService<MetricsText>();
        app.UseMiddleware<RequestTrace>();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<EdgeHeaders>();
        app.UseMiddleware<Failures>();
        app.UseMiddleware<Admission>();
        app.UseResponseCompression();
        app.MapListener(ListenerKind.Public, routes =>
        {
            GatewayEndpoints.MapPublic(routes);
            alsoPublic?.Invoke(routes);
        });
        app.MapListener(ListenerKind.Operator, routes =>
        {
            GatewayEndpoints.MapOperator(routes);
            routes.MapDashboard();
            alsoOperator?.Invoke(routes);
        });
        app.MapListener(ListenerKind.Metrics, GatewayEndpoints.MapMetrics);
        return app;
    }

    private static void MapListener(this IApplicationBuilder app, ListenerKind kind, Action<IEndpointRouteBuilder> map)
        => app.MapWhen(
            context => context.Features.Get<ListenerFeature>()?.Kind == kind,
            branch => branch.UseRouting().UseMiddleware<RouteNote>().UseEndpoints(map));
}

/// <summary>Remembers the matched route's pattern for the log and the counters: paths themselves are unbounded.</summary>
internal sealed class RouteNote(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Items[typeof(RouteNote)] = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        return next(context);
    }

    internal static string Of(HttpContext context) => context.Items[typeof(RouteNote)] as string ?? "none";
}
