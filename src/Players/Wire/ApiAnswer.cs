using System.Text.Json;

namespace Coordinator.Players.Wire;

/// <summary>What a server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Round">The header that names the signing round, or null.</param>
internal sealed record ApiAnswer(int Status, byte[] Body, string? Round)
{
    private const string CodePrefix = "urn:coordinator:error:";

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The refusal's code; null where the body names none.</summary>
    public string? Code => Member("type") is { } type && type.StartsWith(CodePrefix, StringComparison.Ordinal) ? type[CodePrefix.Length..] : null;

    /// <summary>The body of a success.</summary>
    /// <exception cref="PlayerException">It is a refusal, or no JSON.</exception>
    public JsonElement Json(string what)
    {
        if (!IsSuccess)
        {
            throw new PlayerException($"{what} was refused with {Status} {Code}: {Member("detail") ?? Member("error")}");
        }

        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new PlayerException($"{what} was answered with something that is no JSON");
        }
    }

    /// <summary>Throws where this is a refusal.</summary>
    /// <exception cref="PlayerException">It is one.</exception>
    public void Expect(string what)
    {
        if (!IsSuccess)
        {
            _ = Json(what);
        }
    }

    public override string ToString() => $"{Status} {Code}";

    private string? Member(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                ? value.ToString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A player cannot go on: it was refused, or was shown something it did not agree to. Never carries a secret.</summary>
public sealed class PlayerException(string message) : Exception(message);
