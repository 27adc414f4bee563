using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Grains;

/// <summary>What a caller can do about a refusal; the gateway maps it to a status.</summary>
[GenerateSerializer]
[Alias("coordinator.problem_kind")]
public enum ProblemKind
{
    [Id(0)]
    Invalid,
    [Id(1)]
    NotFound,
    [Id(2)]
    Conflict,
    [Id(3)]
    Forbidden,
    [Id(4)]
    Unavailable,
}

/// <summary>Why a call was refused. Nothing has changed. Never holds a secret.</summary>
/// <param name="Kind">What the caller can do about it.</param>
/// <param name="Code">Stable, snake_case; the problem type's last part.</param>
/// <param name="Detail">A sentence for the caller.</param>
/// <param name="Fields">One complaint per member of the body, where there are several.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.problem")]
public sealed record Problem(
    [property: Id(0)] ProblemKind Kind,
    [property: Id(1)] string Code,
    [property: Id(2)] string Detail,
    [property: Id(3)] ImmutableArray<FieldProblem> Fields)
{
    public Problem(ProblemKind kind, string code, string detail)
        : this(kind, code, detail, [])
    {
    }
}

[GenerateSerializer]
[Immutable]
[Alias("coordinator.field_problem")]
public sealed record FieldProblem([property: Id(0)] string Field, [property: Id(1)] string Detail);

/// <summary>A value, or the problem that stood in its way. Exactly one of the two is set.</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.answer`1")]
public sealed record Answer<T>([property: Id(0)] T? Value, [property: Id(1)] Problem? Problem)
{
    /// <summary>True, with the value, where there is no problem.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (Value, Problem);
        return problem is null;
    }

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Problem problem) => new(default, problem);
}

/// <summary>Nothing to tell beyond "it is so".</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.done")]
public sealed record Done
{
    public static Done Instance { get; } = new();
}
