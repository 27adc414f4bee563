using System.Collections.Immutable;
using Coordinator.Grains;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Errors;

/// <summary>What a refused request is answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Last part of the problem type, snake_case, from <see cref="ErrorTable"/>.</param>
/// <param name="Detail">A sentence for the caller; never a secret.</param>
/// <param name="Fields">One complaint per member of the body, where there are several.</param>
/// <param name="IsAuthentication">The body's <c>error</c> member is an object with type and detail, not a string (http-api §1.2).</param>
internal sealed record GatewayError(
    int Status, string Code, string Detail, ImmutableArray<FieldProblem> Fields, bool IsAuthentication = false)
{
    private const string NotFoundText = "item not found: ";

    /// <summary>The old API's text: what it put before the detail of something not found.</summary>
    internal string ReferenceText
        => Status == 404 && !Detail.StartsWith(NotFoundText, StringComparison.Ordinal) ? NotFoundText + Detail : Detail;

    /// <summary>Seconds after which the same request may work, or null.</summary>
    internal int? RetryAfter
    {
        get => field ?? (Status == 503 ? 2 : null);
        init;
    }

    /// <summary>A refusal of the gateway itself.</summary>
    /// <param name="code">One that is in the table.</param>
    /// <param name="detail">A sentence for the caller; null takes the table's title.</param>
    internal static GatewayError Of(string code, string? detail = null)
    {
        var row = ErrorTable.Find(code) ?? throw new ArgumentException($"no error '{code}' in the table", nameof(code));
        return new(row.Status, code, detail ?? row.Title, []);
    }

    /// <summary>A refusal of a grain.</summary>
    internal static GatewayError Of(Problem problem)
    {
        var status = ErrorTable.StatusOf(problem);
        return new(status, problem.Code, problem.Detail, problem.Fields, IsAuthentication: status == 401);
    }

    /// <summary>A refusal of the signature check.</summary>
    internal static GatewayError Of(Nip98Error error) => new(error.Status, error.Type, error.Detail, [], IsAuthentication: true);
}

/// <summary>Ends a request; nothing has changed. Caught by <see cref="Failures"/> only.</summary>
internal sealed class RefusedRequestException : Exception
{
    internal RefusedRequestException(GatewayError error) : base(error.Detail) => Error = error;

    internal RefusedRequestException(string code, string? detail = null) : this(GatewayError.Of(code, detail))
    {
    }

    internal GatewayError Error { get; }
}
