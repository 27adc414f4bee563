using System.Diagnostics;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>
/// One span for each call into a grain that somebody's span led to. The context travels with the call in W3C form, as the model's own propagation
/// would carry it. A call of a competition belongs to the competition's trace whoever makes it; where that is another one, the caller's is linked.
/// </summary>
/// <remarks>Filters of the model and nothing of an engine: the same under each. Keys of grains are not told, since those of users name people.</remarks>
internal sealed class GrainTrace : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private const string Header = "traceparent";
    private const string Competition = "competition";
    private static readonly ActivitySource Source = new("Coordinator.Calls");

    /// <summary>On the way out.</summary>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // A span of the web server may be what a client made up: only ours travel.
        if (Activity.Current is { Recorded: true } current && current.Source.Name.StartsWith("Coordinator.", StringComparison.Ordinal))
        {
            RequestContext.Set(Header, current.Id!);
        }

        await context.Invoke();
    }

    /// <summary>On the way in.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (RequestContext.Get(Header) is not string header || !ActivityContext.TryParse(header, null, isRemote: true, out var caller))
        {
            await context.Invoke();
            return;
        }

        using var span = Start(context, caller);
        try
        {
            await context.Invoke();
        }
        catch (Exception failure)
        {
            span?.SetTag("error.type", failure.GetType().FullName);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private static Activity? Start(IIncomingGrainCallContext context, ActivityContext caller)
    {
        var type = context.TargetId.Type.ToString();
        var competition = type == Competition && Guid.TryParseExact(context.TargetId.Key.ToString(), "N", out var id) ? id : (Guid?)null;
        var (parent, links) = (caller, (ActivityLink[]?)null);
        if (competition is { } own && CompetitionTrace.Of(own) is var trace && trace.TraceId != caller.TraceId)
        {
            (parent, links) = (trace, [new ActivityLink(caller)]);
        }

        var span = Source.StartActivity($"{NameOf(context)}/{context.MethodName}", ActivityKind.Server, parent, links: links);
        if (span is not null)
        {
            span.SetTag("rpc.system", "orleans");
            span.SetTag("rpc.service", NameOf(context));
            span.SetTag("rpc.method", context.MethodName);
            span.SetTag("coordinator.grain", type);
            if (competition is { } known)
            {
                span.SetTag(CompetitionTrace.CompetitionKey, known.ToString());
            }
        }

        return span;
    }

    private static string NameOf(IIncomingGrainCallContext context) => context.InterfaceMethod.DeclaringType!.Name;
}
