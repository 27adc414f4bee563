namespace Coordinator.Competitions;

/// <summary>Whose turn it is to do something about a refusal.</summary>
public enum RefusalKind
{
    /// <summary>The request is wrong and will always be.</summary>
    Invalid,

    /// <summary>What it names does not exist, or not for this caller.</summary>
    NotFound,

    /// <summary>The request is well formed but not now, or not any more.</summary>
    Conflict,

    /// <summary>The caller may not.</summary>
    Forbidden,

    /// <summary>A service we need is down; the same request may work later.</summary>
    Unavailable,
}

/// <summary>Why a command was not carried out. Nothing has changed.</summary>
/// <param name="Kind">What the caller can do about it.</param>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Detail">A sentence for the caller; never a secret.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Detail)
{
    public static Refusal Invalid(string code, string detail) => new(RefusalKind.Invalid, code, detail);

    public static Refusal NotFound(string code, string detail) => new(RefusalKind.NotFound, code, detail);

    public static Refusal Conflict(string code, string detail) => new(RefusalKind.Conflict, code, detail);

    public static Refusal Forbidden(string code, string detail) => new(RefusalKind.Forbidden, code, detail);

    public static Refusal Unavailable(string code, string detail) => new(RefusalKind.Unavailable, code, detail);
}
