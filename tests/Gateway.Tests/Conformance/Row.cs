using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>Who may come in by a row.</summary>
public enum Door
{
    Open,
    Signed,
    Token,
}

/// <summary>One row of the old API's route table (http-api §4), or one of ours after it.</summary>
/// <param name="Number">The table's; 100 and more are ours.</param>
/// <param name="Path">A path as a client sends it.</param>
/// <param name="Body">What a client sends; null where the row takes no body.</param>
/// <param name="Status">Of success.</param>
/// <param name="Answer">A file of Golden, or the text itself, or empty.</param>
public sealed record Row(int Number, string Method, string Path, Door Door, string? Body, int Status, string Answer)
{
    public override string ToString() => $"{Number} {Method} {Path}";

    /// <summary>The request that succeeds.</summary>
    public HttpRequestMessage Request(GatewayWorld world, string? path = null) => Door switch
    {
        Door.Open => world.Unsigned(Method, path ?? Path, Body is null ? null : System.Text.Encoding.UTF8.GetBytes(Body)),
        Door.Signed => world.Signed(Method, path ?? Path, Body ?? string.Empty),
        Door.Token => world.Operator(Method, path ?? Path, Body),
    };

    /// <summary>The same with another body, rightly signed.</summary>
    public Row With(string body) => this with { Body = body };
}
