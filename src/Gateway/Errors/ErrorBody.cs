using System.Text.Json;
using Coordinator.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Errors;

/// <summary>Writes a refusal as problem details (RFC 9457) with the old API's <c>error</c> member beside them (D32).</summary>
internal static class ErrorBody
{
    internal const string ContentType = "application/problem+json";

    internal static Task WriteAsync(HttpContext context, GatewayError error)
    {
        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (error is { Status: 401, IsAuthentication: true })
        {
            context.Response.Headers.WWWAuthenticate = error.Code.StartsWith("operator_", StringComparison.Ordinal) ? "Bearer" : "Nostr";
        }

        return JsonBody.WriteAsync(context, ContentType, json => Write(json, error));
    }

    /// <summary>The body alone, for examples.</summary>
    internal static ReadOnlyMemory<byte> Render(GatewayError error) => JsonBody.Render(json => Write(json, error));

    private static void Write(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteStartObject();
        json.WriteString("type", $"urn:coordinator:error:{error.Code}");
        json.WriteString("title", ErrorTable.TitleOf(error.Code));
        json.WriteNumber("status", error.Status);
        json.WriteString("detail", error.Detail);
        if (error.IsAuthentication)
        {
            json.WriteStartObject("error");
            json.WriteString("type", error.Code);
            json.WriteString("detail", error.Detail);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("error", error.ReferenceText);
        }

        if (!error.Fields.IsDefaultOrEmpty)
        {
            json.WriteStartArray("fields");
            foreach (var field in error.Fields)
            {
                json.WriteStartObject();
                json.WriteString("field", field.Field);
                json.WriteString("detail", field.Detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
