using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coordinator.Gateway.Errors;
using Coordinator.Grains;

namespace Coordinator.Gateway.Requests;

/// <summary>
/// Takes typed members out of a JSON object and collects every complaint. Unknown members are ignored, duplicate ones refused. A member
/// that is wrong reads as its type's empty value: call <see cref="Check"/> before using any.
/// </summary>
internal sealed class BodyFields
{
    internal const int Depth = 16;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Depth, AllowDuplicateProperties = false };
    private readonly JsonElement _object;
    private readonly string _prefix;
    private readonly List<FieldProblem> _complaints;

    private BodyFields(JsonElement element, string prefix, List<FieldProblem> complaints)
        => (_object, _prefix, _complaints) = (element, prefix, complaints);

    /// <summary>The members of a JSON text that is one object.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_json</c>, or <c>invalid_body</c> where it is no object.</exception>
    internal static BodyFields Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(document.RootElement.Clone(), string.Empty, [])
                : throw new RefusedRequestException("invalid_body", "The body must be a JSON object");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RefusedRequestException("invalid_json");
        }
    }

    /// <summary>Ends the request where anything was wrong.</summary>
    /// <exception cref="RefusedRequestException"><c>invalid_body</c> with one complaint per member.</exception>
    internal void Check()
    {
        if (_complaints.Count > 0)
        {
            var detail = string.Join("; ", _complaints.Select(complaint => $"{complaint.Field}: {complaint.Detail}"));
            throw new RefusedRequestException(GatewayError.Of("invalid_body", detail) with { Fields = [.. _complaints] });
        }
    }

    internal string Text(string name, int longest) => OptionalText(name, longest) ?? Missing(name, string.Empty);

    internal string? OptionalText(string name, int longest)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? TextOf(value) : null;
        return text?.Length <= longest ? text : Complain(name, $"expected text of at most {longest} characters", string.Empty);
    }

    internal Guid Id(string name)
        => Find(name) is not { } value ? Missing(name, Guid.Empty)
            : value.ValueKind == JsonValueKind.String && Guid.TryParseExact(TextOf(value), "D", out var id) && id != Guid.Empty ? id
            : Complain(name, "expected a UUID", Guid.Empty);

    internal DateTimeOffset Time(string name)
        => Find(name) is not { } value ? Missing(name, default(DateTimeOffset))
            : value.ValueKind == JsonValueKind.String && TryTime(TextOf(value), out var time) ? time
            : Complain(name, "expected an RFC 3339 time", default(DateTimeOffset));

    internal long Number(string name, long least, long most) => OptionalNumber(name, least, most) ?? Missing(name, least);

    internal int Number(string name) => (int)Number(name, 0, int.MaxValue);

    internal long? OptionalNumber(string name, long least, long most)
        => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most ? number
            : Complain(name, $"expected a whole number from {least} to {most}", least);

    internal bool Truth(string name) => Find(name) is null ? Missing(name, false) : OptionalTruth(name);

    internal bool OptionalTruth(string name)
        => Find(name) is { } value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : Complain(name, "expected true or false", false));

    internal ImmutableArray<string> Texts(string name, int most, int longest)
    {
        var values = Items(name, most);
        var texts = values.Select(value => value.ValueKind == JsonValueKind.String ? TextOf(value) : null).ToArray();
        return texts.All(text => text?.Length <= longest)
            ? [.. texts.Select(text => text!)]
            : Complain(name, $"expected texts of at most {longest} characters", ImmutableArray<string>.Empty);
    }

    /// <summary>An array of objects; their complaints are collected here.</summary>
    internal ImmutableArray<T> Objects<T>(string name, int most, Func<BodyFields, T> read)
    {
        var values = Items(name, most);
        if (values.Any(value => value.ValueKind != JsonValueKind.Object))
        {
            return Complain(name, "expected objects", ImmutableArray<T>.Empty);
        }

        return [.. values.Select((value, index) => read(new BodyFields(value, $"{_prefix}{name}[{index}].", _complaints)))];
    }

    /// <summary>An object, or null where it is absent; its complaints are collected here.</summary>
    internal T? OptionalObject<T>(string name, Func<BodyFields, T> read)
        where T : class
        => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Object ? read(new BodyFields(value, $"{_prefix}{name}.", _complaints))
            : Complain<T?>(name, "expected an object", null);

    internal Guid? OptionalId(string name) => Find(name) is null ? null : Id(name);

    /// <summary>Adds a complaint.</summary>
    internal T Complain<T>(string name, string detail, T instead)
    {
        _complaints.Add(new FieldProblem(_prefix + name, detail));
        return instead;
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate
        }
    }

    private static bool TryTime(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= 20 and <= 40 } && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
    }

    private JsonElement[] Items(string name, int most)
    {
        if (Find(name) is not { } array)
        {
            return Missing<JsonElement[]>(name, []);
        }

        return array.ValueKind == JsonValueKind.Array && array.GetArrayLength() <= most
            ? [.. array.EnumerateArray()]
            : Complain<JsonElement[]>(name, $"expected an array of at most {most}", []);
    }

    /// <summary>Null where the member is absent or null.</summary>
    private JsonElement? Find(string name)
        => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private T Missing<T>(string name, T instead) => Complain(name, "is required", instead);
}
