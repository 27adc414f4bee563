using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coordinator.Gateway.Tests.OpenApi;

/// <summary>Holds a value against a schema of an OpenAPI 3.1 document. Stricter than JSON Schema: a member that is not named is wrong, unless
/// <c>additionalProperties</c> allows it, and keywords that it does not know are wrong too.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    private static readonly string[] Known =
    [
        "$ref", "type", "description", "properties", "required", "additionalProperties", "items", "enum", "pattern", "format", "minimum", "maximum",
        "minLength", "maxLength", "maxItems", "anyOf", "allOf", "example",
    ];

    /// <summary>Everything that does not fit, one line each, with its place.</summary>
    public IEnumerable<string> Complaints(JsonElement value, JsonElement schema, string place = "$", bool open = false)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Complaints(value, Resolve(reference.GetString()!), place, open);
        }

        return schema.EnumerateObject().Where(member => !Known.Contains(member.Name)).Select(member => $"{place}: unknown keyword {member.Name}")
            .Concat(OfType(value, schema, place))
            .Concat(OfText(value, schema, place))
            .Concat(OfNumber(value, schema, place))
            .Concat(OfItems(value, schema, place))
            .Concat(OfMembers(value, schema, place, open))
            .Concat(OfParts(value, schema, place));
    }

    private JsonElement Resolve(string reference)
        => reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(document, (node, name) => node.TryGetProperty(name, out var inner) ? inner : throw new InvalidDataException($"{reference} leads nowhere"));

    private static IEnumerable<string> OfType(JsonElement value, JsonElement schema, string place)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!).ToArray() : [type.GetString()!];
            var actual = value.ValueKind switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.Number => value.TryGetInt64(out _) && types.Contains("integer") ? "integer" : "number",
                JsonValueKind.True or JsonValueKind.False => "boolean",
                JsonValueKind.Array => "array",
                JsonValueKind.Object => "object",
                _ => "null",
            };
            if (!types.Contains(actual))
            {
                yield return $"{place}: {actual} instead of {string.Join(" or ", types)}";
            }
        }

        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(one => one.GetRawText() == value.GetRawText()))
        {
            yield return $"{place}: {value.GetRawText()} is none of {allowed.GetRawText()}";
        }
    }

    private static IEnumerable<string> OfText(JsonElement value, JsonElement schema, string place)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            yield break;
        }

        var text = value.GetString()!;
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.None, TimeSpan.FromMinutes(1)))
        {
            yield return $"{place}: '{text}' does not match {pattern.GetString()}";
        }

        if (schema.TryGetProperty("format", out var format))
        {
            var fits = format.GetString() switch
            {
                "uuid" => Guid.TryParseExact(text, "D", out _),
                "date-time" => text.EndsWith('Z') && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _),
                _ => false,
            };
            if (!fits)
            {
                yield return $"{place}: '{text}' is no {format.GetString()}";
            }
        }

        if ((schema.TryGetProperty("maxLength", out var longest) && text.Length > longest.GetInt32())
            || (schema.TryGetProperty("minLength", out var shortest) && text.Length < shortest.GetInt32()))
        {
            yield return $"{place}: {text.Length} characters";
        }
    }

    private static IEnumerable<string> OfNumber(JsonElement value, JsonElement schema, string place)
    {
        if (value.ValueKind == JsonValueKind.Number
            && ((schema.TryGetProperty("minimum", out var least) && value.GetDouble() < least.GetDouble())
                || (schema.TryGetProperty("maximum", out var most) && value.GetDouble() > most.GetDouble())))
        {
            yield return $"{place}: {value.GetRawText()} is out of range";
        }
    }

    private IEnumerable<string> OfItems(JsonElement value, JsonElement schema, string place)
        => value.ValueKind != JsonValueKind.Array ? []
            : (schema.TryGetProperty("maxItems", out var most) && value.GetArrayLength() > most.GetInt32() ? [$"{place}: {value.GetArrayLength()} items"] : Array.Empty<string>())
                .Concat(value.EnumerateArray().SelectMany((item, index) => Complaints(item, schema.GetProperty("items"), $"{place}[{index}]")));

    private IEnumerable<string> OfMembers(JsonElement value, JsonElement schema, string place, bool open)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var names = schema.TryGetProperty("properties", out var properties) ? properties : default;
        var more = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{place}: {name} is missing")
            : [];
        return missing.Concat(value.EnumerateObject().SelectMany(member =>
            names.ValueKind == JsonValueKind.Object && names.TryGetProperty(member.Name, out var known) ? Complaints(member.Value, known, $"{place}.{member.Name}")
            : more.ValueKind == JsonValueKind.Object ? Complaints(member.Value, more, $"{place}.{member.Name}")
            : open || more.ValueKind == JsonValueKind.True || names.ValueKind != JsonValueKind.Object ? []
            : [$"{place}.{member.Name} is not in the schema"]));
    }

    private IEnumerable<string> OfParts(JsonElement value, JsonElement schema, string place)
    {
        var all = schema.TryGetProperty("allOf", out var parts) ? parts.EnumerateArray().SelectMany(part => Complaints(value, part, place, open: true)) : [];
        var any = schema.TryGetProperty("anyOf", out var choices) && !choices.EnumerateArray().Any(choice => !Complaints(value, choice, place).Any())
            ? [$"{place}: fits none of {string.Join(" | ", choices.EnumerateArray().Select(choice => string.Join(", ", Complaints(value, choice, place))))}"]
            : Array.Empty<string>();
        return all.Concat(any);
    }
}
