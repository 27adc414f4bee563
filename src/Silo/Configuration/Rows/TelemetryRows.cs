namespace Coordinator.Silo;

/// <summary>Rows of what the service tells of itself.</summary>
internal static class TelemetryRows
{
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        new("Telemetry:OtlpAddress", KeyKind.Address, "http or https, without a path: port 4317 for grpc, 4318 for http, as a rule",
            "The collector that traces, metrics and the log are sent to. Nothing is sent without it. Away, slow or wrong, it harms nothing: batches are dropped and counted.") { Default = "none" },
        ConfigurationKey.Choice(
            "Telemetry:Protocol", ["grpc", "http"], "How the collector is spoken to; http is protobuf to `/v1/traces`, `/v1/metrics` and `/v1/logs`. The other one, and it takes nothing."),
        new("Telemetry:HeadersFile", KeyKind.SecretFile, "a file with one `name: value` on each line, no comma in a value",
            "Headers that the collector wants, such as a token. Read at the start. Without it a collector that wants one refuses everything.") { Default = "none" },
        ConfigurationKey.Count(
            "Telemetry:TracePercent", "of a hundred competitions", 0, 100,
            "How many competitions are traced; one that is traced is traced whole. Fewer cost the collector less, and the one that is asked about may be among the others."),
        ConfigurationKey.Switch("Telemetry:Traces", "Whether traces are sent."),
        ConfigurationKey.Switch("Telemetry:Metrics", "Whether metrics are sent. `/metrics` is there either way."),
        ConfigurationKey.Switch("Telemetry:Logs", "Whether the log is sent as well. It is on standard error either way."),
        ConfigurationKey.Time("Telemetry:MetricsPeriod", "00:00:01", "01:00:00", "Between two sendings of metrics. Longer sees trouble later."),
        ConfigurationKey.Choice(
            "Telemetry:LogFormat", ["line", "json"], "How lines of the log are written on standard error. json has each entry's event id and values apart, for what reads logs by machine."),
        ConfigurationKey.Choice(
            "Telemetry:LogLevel", ["trace", "debug", "information", "warning", "error"],
            "The least level of the log. debug names every attempt at an effect and what came back; from warning on, changes of state are not told any more."),
    ];
}
