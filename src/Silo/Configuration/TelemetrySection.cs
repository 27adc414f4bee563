namespace Coordinator.Silo;

/// <summary>What is told to a collector over OTLP, and how the log is written. Nothing is sent unless an address is given.</summary>
public sealed class TelemetrySection
{
    /// <summary>The collector, http or https, without a path: <c>http://127.0.0.1:4317</c> for grpc, <c>:4318</c> for http. Default none: nothing is sent.</summary>
    public Uri? OtlpAddress { get; set; }

    /// <summary>grpc, or http (protobuf; <c>/v1/traces</c>, <c>/v1/metrics</c> and <c>/v1/logs</c> are added to the address). Default grpc.</summary>
    public string Protocol { get; set; } = "grpc";

    /// <summary>A file of headers for the collector, one <c>name: value</c> on each line, readable by its owner only. Default none.</summary>
    public string? HeadersFile { get; set; }

    /// <summary>How many of a hundred competitions are traced, 0 to 100; one that is traced is traced whole. Default 100.</summary>
    public int TracePercent { get; set; } = 100;

    /// <summary>Whether traces are sent. Default true.</summary>
    public bool Traces { get; set; } = true;

    /// <summary>Whether metrics are sent. Default true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Whether the log is sent as well. Default false.</summary>
    public bool Logs { get; set; }

    /// <summary>Between two sendings of metrics, 1 second to 1 hour. Default 1 minute.</summary>
    public TimeSpan MetricsPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How lines of the log are written on standard error: line, or json. Default line.</summary>
    public string LogFormat { get; set; } = "line";

    /// <summary>The least level of our own log lines: trace, debug, information, warning or error. Default information.</summary>
    public string LogLevel { get; set; } = "information";

    internal bool IsSent => OtlpAddress is not null;

    internal LogLevel LeastLevel => Enum.Parse<LogLevel>(LogLevel, ignoreCase: true);

    internal IEnumerable<string> Complaints()
    {
        if (OtlpAddress is not null && !IsAddress(OtlpAddress))
        {
            yield return "Telemetry:OtlpAddress must be an http or https address without user, path and query";
        }

        if (Protocol is not ("grpc" or "http"))
        {
            yield return $"Telemetry:Protocol is '{Protocol}'; it must be grpc or http";
        }

        if (TracePercent is < 0 or > 100)
        {
            yield return $"Telemetry:TracePercent is {TracePercent}; it must be 0 to 100";
        }

        if (MetricsPeriod < TimeSpan.FromSeconds(1) || MetricsPeriod > TimeSpan.FromHours(1))
        {
            yield return $"Telemetry:MetricsPeriod is {MetricsPeriod}; it must be 1 second to 1 hour";
        }

        if (LogFormat is not ("line" or "json"))
        {
            yield return $"Telemetry:LogFormat is '{LogFormat}'; it must be line or json";
        }

        if (LogLevel is not ("trace" or "debug" or "information" or "warning" or "error"))
        {
            yield return $"Telemetry:LogLevel is '{LogLevel}'; it must be trace, debug, information, warning or error";
        }

        if (HeadersFile is not null && !IsSent)
        {
            yield return "Telemetry:HeadersFile is set, but Telemetry:OtlpAddress is not; nothing is sent";
        }
    }

    internal IEnumerable<string> FileComplaints() => HeadersFile is null ? [] : OtlpHeaders.Complaints(HeadersFile);

    private static bool IsAddress(Uri address) => address is
    {
        IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo.Length: 0, PathAndQuery: "/", Fragment.Length: 0,
    };
}
