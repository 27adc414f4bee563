using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Grains;
using Coordinator.Web;

namespace Coordinator.Gateway.Json;

/// <summary>The services outside and the actors inside, as operators see them.</summary>
internal static class InsightJson
{
    internal static void WriteServices(Utf8JsonWriter json, ImmutableArray<ServiceLine> lines)
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", lines.All(line => line.Ok || !line.Essential));
        json.WriteStartArray("services");
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("name", line.Name);
            json.WriteBoolean("ok", line.Ok);
            json.WriteBoolean("essential", line.Essential);
            json.WriteString("detail", line.Detail);
            json.WriteTime("since", line.Since);
            json.WriteString("last_error", line.LastError);
            json.WriteTime("last_error_at", line.LastErrorAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void WriteGrains(Utf8JsonWriter json, GrainReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("activations", report.Activations);
        json.WriteTime("counted_since", report.Since);
        json.WriteStartArray("silos");
        foreach (var silo in report.Silos)
        {
            json.WriteStartObject();
            json.WriteString("name", silo.Name);
            json.WriteString("status", silo.Status);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("types");
        foreach (var type in report.Types)
        {
            WriteType(json, type);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, GrainTypeLine type)
    {
        json.WriteStartObject();
        json.WriteString("type", type.Type);
        json.WriteNumber("activations", type.Activations);
        json.WriteNumber("reminders", type.Reminders);
        json.WriteNumber("calls", type.Calls);
        json.WriteNumber("errors", type.Errors);
        json.WriteStartArray("methods");
        foreach (var method in type.Methods)
        {
            json.WriteStartObject();
            json.WriteString("method", method.Method);
            json.WriteNumber("calls", method.Calls);
            json.WriteNumber("errors", method.Errors);
            json.WriteNumber("mean_us", Microseconds(method.Mean));
            json.WriteNumber("p95_us", Microseconds(method.P95));
            json.WriteNumber("longest_us", Microseconds(method.Longest));
            json.WriteString("last_error", method.LastError);
            json.WriteTime("last_error_at", method.LastErrorAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
