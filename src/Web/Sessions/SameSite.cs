using Microsoft.AspNetCore.Http;

namespace Coordinator.Web;

/// <summary>Whether a request that changes something comes from our own page, as far as the browser says.</summary>
internal static class SameSite
{
    /// <summary>False where a browser says that another page sent it. A caller that is no browser says nothing, and has no cookie by accident.</summary>
    internal static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
        {
            return site is ["same-origin"];
        }

        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from) && Matches(from, request.Host));
    }

    private static bool Matches(Uri from, HostString host)
        => string.Equals(from.Host, host.Host, StringComparison.OrdinalIgnoreCase) && (host.Port is not { } port ? from.IsDefaultPort : from.Port == port);
}
