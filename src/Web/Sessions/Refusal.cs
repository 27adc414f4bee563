namespace Coordinator.Web;

/// <summary>Why a page was not shown, or a form not carried out. Nothing has changed.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">snake_case; stable.</param>
/// <param name="Sentence">For the operator.</param>
internal sealed record Refusal(int Status, string Code, string Sentence)
{
    internal static Refusal Missing { get; } = new(401, "session_missing", "Sign in first.");

    internal static Refusal Expired { get; } = new(401, "session_expired", "Your sign-in has expired, or the service was started again. Sign in once more.");

    internal static Refusal WrongToken { get; } = new(401, "operator_token_wrong", "This is not the operator's token.");

    internal static Refusal FormMissing { get; } = new(403, "csrf_missing", "The form came without its token, so nothing was done. Load the page again and repeat.");

    internal static Refusal FormWrong { get; } = new(403, "csrf_wrong", "The form belongs to another sign-in, so nothing was done. Load the page again and repeat.");

    internal static Refusal CrossSite { get; } = new(403, "cross_site", "Another site's page sent this request, so nothing was done.");

    internal static Refusal BadForm { get; } = new(400, "invalid_form", "The form could not be read: it is too large, or not a form.");

    internal static Refusal UnknownPage { get; } = new(404, "unknown_path", "There is no such page.");

    internal static Refusal Unavailable { get; } = new(503, "unavailable", "The service cannot answer now. Nothing is known to have failed: look again.");

    internal static Refusal Internal { get; } = new(500, "internal", "Something went wrong here; the log says what.");

    internal static Refusal TooMany(TimeSpan wait)
        => new(429, "too_many_requests", $"Too many wrong tokens from your address: try again in {(int)Math.Ceiling(wait.TotalSeconds)} seconds.");
}

/// <summary>Ends a request with a refusal's page.</summary>
internal sealed class RefusedPageException(Refusal refusal) : Exception(refusal.Sentence)
{
    internal Refusal Refusal { get; } = refusal;
}
