using Coordinator.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Coordinator.Web;

/// <summary>One request of a signed-in operator.</summary>
internal sealed class PageCall(HttpContext http, OperatorSession session, IFormCollection? form)
{
    public OperatorSession Session { get; } = session;

    public HttpContext Http { get; } = http;

    public IGrainFactory Grains { get; } = http.RequestServices.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => Http.RequestServices;

    public DateTimeOffset Now { get; } = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    public CancellationToken Aborted => Http.RequestAborted;

    public DashboardScene Scene { get; } = http.RequestServices.GetRequiredService<DashboardScene>();

    public IServiceGrain Service => Grains.GetGrain<IServiceGrain>(0);

    public IWalletGrain Wallet => Grains.GetGrain<IWalletGrain>(0);

    public ICompetitionGrain Competition(Guid id) => Grains.GetGrain<ICompetitionGrain>(id);

    /// <summary>An id of the path; a page that is unknown where it is none.</summary>
    public Guid Id(string name)
        => Guid.TryParseExact(Http.GetRouteValue(name) as string, "D", out var id) && id != Guid.Empty ? id : throw new RefusedPageException(Refusal.UnknownPage);

    /// <summary>A query parameter without blanks around it; null where it is absent, empty or given twice. Cut at 2,000 characters.</summary>
    public string? Query(string name) => Cut(Http.Request.Query[name]);

    /// <summary>A field of the form without blanks around it; null where it is absent, empty or given twice.</summary>
    public string? Form(string name) => form is null ? null : Cut(form[name]);

    /// <summary>Every value of a field that may be given many times.</summary>
    public IEnumerable<string> Forms(string name) => form is null ? [] : form[name].OfType<string>().Select(value => value.Trim()).Where(value => value.Length > 0);

    private static string? Cut(Microsoft.Extensions.Primitives.StringValues values)
        => values is [{ } one] && one.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 2_000)] : null;
}

/// <summary>What an operator's request is answered.</summary>
internal abstract record PageReply
{
    /// <summary>A whole page.</summary>
    /// <param name="Title">What it is called.</param>
    /// <param name="Content">Below its heading.</param>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Aside">Beside its heading: links to what can be done.</param>
    internal sealed record Whole(string Title, Markup Content, int Status = StatusCodes.Status200OK, Markup Aside = default) : PageReply;

    /// <summary>A piece of a page that refreshes itself.</summary>
    internal sealed record Piece(Markup Content) : PageReply;

    /// <summary>What was asked is done: go on there.</summary>
    internal sealed record GoTo(string Path) : PageReply;
}

/// <summary>Grain answers on pages.</summary>
internal static class PageAnswers
{
    /// <summary>The value; a page with the refusal where there is none.</summary>
    internal static T OrRefuse<T>(this Answer<T> answer)
        => answer.TryGet(out var value, out var problem) ? value : throw new RefusedPageException(Of(problem));

    internal static Refusal Of(Problem problem) => new(
        problem.Kind switch
        {
            ProblemKind.NotFound => 404,
            ProblemKind.Forbidden => 403,
            ProblemKind.Unavailable => 503,
            ProblemKind.Invalid => 422,
            ProblemKind.Conflict => 409,
        },
        problem.Code,
        problem.Fields.IsDefaultOrEmpty ? problem.Detail : string.Join("; ", problem.Fields.Select(field => $"{field.Field}: {field.Detail}")));

    /// <summary>A complaint above a form, with the status that goes with it; null where it was done.</summary>
    internal static (Markup Complaint, int Status)? Complaint<T>(this Answer<T> answer)
        => answer.Problem is not { } problem ? null : (Forms.Complaint(problem.Code, Of(problem).Sentence), Of(problem).Status);
}
