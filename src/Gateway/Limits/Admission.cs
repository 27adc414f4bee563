using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Limits;

/// <summary>Holds every request of the public listener against its address before anything is done for it. The operator's listener counts
/// wrong tokens only (<c>Doors</c>), so that no flood of players locks the operator out.</summary>
internal sealed class Admission(RequestDelegate next, Allowances allowances, ClientAddresses clients)
{
    /// <summary>Below it people prove who they are: register, log in, change and reset passwords.</summary>
    private static readonly PathString Authentication = "/api/v1/users";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ListenerFeature>()?.Kind != ListenerKind.Public)
        {
            await next(context);
            return;
        }

        var address = clients.Of(context);
        allowances.TakeRequest(address);
        if (context.Request.Path.StartsWithSegments(Authentication, StringComparison.OrdinalIgnoreCase) && !HttpMethods.IsOptions(context.Request.Method))
        {
            allowances.TakeAuthentication(address);
        }

        await next(context);
    }
}
