using Coordinator.Gateway.Errors;
using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Requests;

/// <summary>One admitted request: who asks, what for, and whom to call.</summary>
/// <param name="http">The request.</param>
/// <param name="player">The signer's key, 64 lower-case hex digits; empty on routes without signature.</param>
/// <param name="sent">The body as sent.</param>
/// <param name="limit">What the body may unpack to.</param>
internal sealed class GatewayCall(HttpContext http, string player, byte[] sent, BodyLimit limit)
{
    internal string Player { get; } = player;

    internal IGrainFactory Grains { get; } = http.RequestServices.GetRequiredService<IGrainFactory>();

    internal TimeProvider Time => http.RequestServices.GetRequiredService<TimeProvider>();

    internal IServiceProvider Services => http.RequestServices;

    internal CancellationToken Aborted => http.RequestAborted;

    internal bool HasBody => sent.Length > 0;

    /// <summary>The competition that the path names.</summary>
    internal ICompetitionGrain Competition => Grains.GetGrain<ICompetitionGrain>(Id("competition_id"));

    internal IWalletGrain Wallet => Grains.GetGrain<IWalletGrain>(0);

    /// <summary>An id of the path.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_path</c>.</exception>
    internal Guid Id(string name)
        => Guid.TryParseExact(http.GetRouteValue(name) as string, "D", out var id) && id != Guid.Empty
            ? id
            : throw new RefusedRequestException("invalid_path", $"{name} in the path is no UUID");

    /// <summary>A query parameter, or null where it is absent or empty.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_query</c> where it is given twice or too long.</exception>
    internal string? Query(string name, int longest)
    {
        var values = http.Request.Query[name];
        if (values.Count > 1 || values.ToString().Length > longest)
        {
            throw new RefusedRequestException("invalid_query", $"{name} may be given once, with at most {longest} characters");
        }

        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    /// <summary>The body as JSON text in UTF-8, well formed or not.</summary>
    internal byte[] JsonText() => RequestBody.JsonText(http.Request, sent, limit);

    /// <summary>The members of a body that is one JSON object.</summary>
    internal BodyFields Fields() => BodyFields.Read(JsonText());
}
