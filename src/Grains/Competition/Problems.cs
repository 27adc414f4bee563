using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Refusals of the rules as the grains' callers see them.</summary>
internal static class Problems
{
    public static Problem Of(Refusal refusal) => new(
        refusal.Kind switch
        {
            RefusalKind.Invalid => ProblemKind.Invalid,
            RefusalKind.NotFound => ProblemKind.NotFound,
            RefusalKind.Conflict => ProblemKind.Conflict,
            RefusalKind.Forbidden => ProblemKind.Forbidden,
            RefusalKind.Unavailable => ProblemKind.Unavailable,
        },
        refusal.Code,
        refusal.Detail);

    public static Problem Of(ImmutableArray<TermsRefusal> refusals) => new(
        ProblemKind.Invalid,
        "invalid_terms",
        string.Join("; ", refusals.Select(refusal => $"{refusal.Field}: {refusal.Detail}")),
        [.. refusals.Select(refusal => new FieldProblem(refusal.Field, refusal.Detail))]);

    public static Problem Invalid(string code, string detail) => new(ProblemKind.Invalid, code, detail);

    public static Problem NotFound(string code, string detail) => new(ProblemKind.NotFound, code, detail);

    public static Problem Unavailable(string code, string detail) => new(ProblemKind.Unavailable, code, detail);
}
