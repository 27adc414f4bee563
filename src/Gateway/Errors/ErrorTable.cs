using System.Collections.Frozen;
using Coordinator.Grains;

namespace Coordinator.Gateway.Errors;

/// <summary>One row of the table of refusals.</summary>
/// <param name="Code">Last part of the problem type.</param>
/// <param name="OldStatus">What the old API answered; "-" where it had no such refusal.</param>
/// <param name="Status">What we answer.</param>
/// <param name="Title">What it means, the same for every occurrence.</param>
internal sealed record ErrorRow(string Code, string OldStatus, int Status, string Title)
{
    /// <summary>Its <c>error</c> member is an object: one of http-api §2.3, or the operator's token.</summary>
    internal bool IsAuthentication => ErrorRows.OfAuthentication.Contains(this) || Status == 401;
}

/// <summary>
/// Every refusal by its code. Statuses are the old API's wherever it had the same refusal and no defect; the README of this folder shows
/// the same table, and a test compares the two.
/// </summary>
internal static class ErrorTable
{
    private static readonly FrozenDictionary<string, ErrorRow> ByCode =
        ErrorRows.All.ToFrozenDictionary(row => row.Code, StringComparer.Ordinal);

    internal static ErrorRow? Find(string code) => ByCode.GetValueOrDefault(code);

    internal static string TitleOf(string code) => Find(code)?.Title ?? "The request was refused";

    /// <summary>
    /// The status of a grain's refusal: what does not exist, is forbidden or is unavailable answers so whatever its code; complaints about
    /// members of a body are 422; else the table, else by kind.
    /// </summary>
    internal static int StatusOf(Problem problem) => problem.Kind switch
    {
        ProblemKind.NotFound => 404,
        ProblemKind.Forbidden => 403,
        ProblemKind.Unavailable => 503,
        ProblemKind.Invalid when !problem.Fields.IsDefaultOrEmpty => 422,
        ProblemKind.Invalid => TableOr(problem.Code, 400),
        ProblemKind.Conflict => TableOr(problem.Code, 409),
    };

    private static int TableOr(string code, int status) => Find(code) is { Status: 400 or 401 or 409 or 422 } row ? row.Status : status;
}
