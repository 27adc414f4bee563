using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Gateway.Errors;

namespace Coordinator.Gateway.OpenApi;

/// <summary>
/// A listener's OpenAPI document: a file of this folder, with every operation's refusals filled in from the table of refusals. What the
/// door refuses follows from what an operation takes; the rest it lists itself as <c>x-errors</c>: a code, or <c>code:status</c> where the
/// grain's kind of refusal decides the status.
/// </summary>
internal static class ApiDocument
{
    /// <summary>Those that belong to no operation.</summary>
    internal static readonly string[] OfNoOperation = ["unknown_path", "method_not_allowed"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Everywhere = ["bad_request", "unavailable", "internal"];
    private static readonly string[] Public = ["too_many_requests", "busy"];
    private static readonly string[] Operator = ["operator_token_missing", "operator_token_wrong", "too_many_requests"];
    private static readonly string[] Body =
        ["invalid_json", "invalid_body", "unsupported_media_type", "unsupported_encoding", "invalid_gzip", "body_too_large", "request_timeout"];

    private static readonly string[] Signed =
    [
        "no_auth_header", "invalid_auth_format", "invalid_base_64", "invalid_event_json", "invalid_event_kind", "expired_timestamp",
        "invalid_http_data", "invalid_url", "invalid_method", "url_method_mismatch", "non_empty_content", "invalid_signature",
        "payload_mismatch", "replayed",
    ];

    private static readonly Lazy<byte[]> OfPublic = new(() => Build("public.json", isPublic: true));
    private static readonly Lazy<byte[]> OfOperator = new(() => Build("operator.json", isPublic: false));

    /// <summary>JSON in UTF-8, made once.</summary>
    internal static byte[] Of(ListenerKind listener) => listener == ListenerKind.Public ? OfPublic.Value : OfOperator.Value;

    private static byte[] Build(string file, bool isPublic)
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream($"Coordinator.Gateway.OpenApi.{file}")
            ?? throw new InvalidOperationException($"{file} is not in the program");
        var document = JsonNode.Parse(stream)!;
        foreach (var path in document["paths"]!.AsObject())
        {
            foreach (var operation in path.Value!.AsObject())
            {
                Complete(operation.Value!.AsObject(), isPublic);
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(document, Plain);
    }

    private static void Complete(JsonObject operation, bool isPublic)
    {
        var own = operation["x-errors"]!.AsArray().Select(node => node!.GetValue<string>().Split(':'));
        var door = Door(operation, isPublic).Select(code => new[] { code });
        operation.Remove("x-errors");
        var rows = own.Concat(door).DistinctBy(parts => string.Join(':', parts), StringComparer.Ordinal)
            .Select(parts => (
                Row: ErrorTable.Find(parts[0]) ?? throw new InvalidOperationException($"no error '{parts[0]}' in the table"),
                Status: parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : (int?)null));
        var responses = operation["responses"]!.AsObject();
        foreach (var group in rows.GroupBy(pair => pair.Status ?? pair.Row.Status, pair => pair.Row).OrderBy(group => group.Key))
        {
            responses[group.Key.ToString(CultureInfo.InvariantCulture)] = Refusal(group.Key, [.. group]);
        }
    }

    private static IEnumerable<string> Door(JsonObject operation, bool isPublic)
    {
        var path = operation["parameters"]?.AsArray().Any(parameter => (string?)parameter!["in"] == "path") == true ? ["invalid_path"] : (string[])[];
        var caller = !isPublic ? Operator : operation["security"]?.AsArray().Count > 0 ? [.. Public, .. Signed] : Public;
        return [.. path, .. caller, .. operation["requestBody"] is null ? [] : Body, .. Everywhere];
    }

    private static JsonObject Refusal(int status, ErrorRow[] rows)
    {
        var examples = new JsonObject();
        foreach (var row in rows)
        {
            var body = ErrorBody.Render(new GatewayError(status, row.Code, row.Title, [], IsAuthentication: row.IsAuthentication));
            examples[row.Code] = new JsonObject { ["summary"] = row.Title, ["value"] = JsonNode.Parse(body.Span) };
        }

        return new JsonObject
        {
            ["description"] = string.Join(", ", rows.Select(row => row.Code)),
            ["content"] = new JsonObject
            {
                [ErrorBody.ContentType] = new JsonObject
                {
                    ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                    ["examples"] = examples,
                },
            },
        };
    }
}
