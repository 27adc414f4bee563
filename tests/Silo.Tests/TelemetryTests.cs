using System.Diagnostics;
using System.Text;
using Coordinator.Grains;
using Coordinator.Testing;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Coordinator.Silo.Tests;

/// <summary>What is sent, how it is sampled, and that a collector never harms the service.</summary>
public sealed class TelemetryTests
{
    private const string Theirs = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });

    [Fact]
    public void The_trace_of_a_competition_follows_from_its_id()
    {
        var context = CompetitionTrace.Of(Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057"));
        Assert.Equal("d1abc5df802a4c5e0d372d21f9c13fe6", context.TraceId.ToString()); // by the command of docs/telemetry.md
        Assert.Equal((default, false), (context.SpanId, context.IsRemote));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 200)]
    public void A_ratio_of_nothing_traces_nothing_and_of_one_everything(double ratio, int traced)
    {
        var sampler = new WorkSampler(ratio);
        Assert.Equal(traced, Enumerable.Range(0, 200).Count(n => IsSampled(sampler, CompetitionTrace.Of(new Guid(n, 0, 0, new byte[8])))));
    }

    [Fact]
    public void A_competition_is_traced_whole_and_what_nobody_asked_for_not_at_all()
    {
        var (sampler, again) = (new WorkSampler(0.5), new WorkSampler(0.5));
        var competitions = Enumerable.Range(0, 400).Select(n => CompetitionTrace.Of(new Guid(n, 7, 7, new byte[8]))).ToList();
        Assert.All(competitions, one => Assert.Equal(IsSampled(sampler, one), IsSampled(again, one)));
        Assert.InRange(competitions.Count(one => IsSampled(sampler, one)), 120, 280);
        Assert.False(IsSampled(new WorkSampler(1), default));
        var span = ActivitySpanId.CreateRandom();
        Assert.True(IsSampled(new WorkSampler(0), new ActivityContext(competitions[0].TraceId, span, ActivityTraceFlags.Recorded, isRemote: true)));
        Assert.False(IsSampled(new WorkSampler(1), new ActivityContext(competitions[0].TraceId, span, ActivityTraceFlags.None, isRemote: true)));
    }

    [Fact]
    public async Task Requests_and_grain_calls_are_sent_and_a_client_s_trace_is_a_link_only()
    {
        using var collector = new OtlpCollector();
        var competition = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
        await using (var service = await ServiceAlone.StartAsync(options => Send(options, collector.Address)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Addresses.Public, $"/api/v1/competitions/{competition}"));
            request.Headers.Add("traceparent", $"00-{Theirs}-00f067aa0ba902b7-01");
            using var answer = await Http.SendAsync(request);
            Assert.Equal(404, (int)answer.StatusCode);
        }

        var trace = CompetitionTrace.Of(competition).TraceId.ToString();
        var spans = collector.Spans;
        var server = Assert.Single(spans, span => span.Scope == "Coordinator.Gateway");
        Assert.Equal(("GET /api/v1/competitions/{competition_id}", trace, string.Empty), (server.Name, server.TraceId, server.Parent));
        Assert.Equal(Theirs, Assert.Single(server.Links));
        Assert.Equal("404", server["http.response.status_code"]);
        var call = Assert.Single(spans, span => span.Scope == "Coordinator.Calls");
        Assert.Equal(("ICompetitionGrain/GetAsync", trace, server.SpanId), (call.Name, call.TraceId, call.Parent));
        Assert.DoesNotContain(spans, span => span.TraceId == Theirs);
        Assert.Contains(collector.Requests, request => request.Path == "/v1/metrics");
        var logs = collector.Requests.Where(request => request.Path == "/v1/logs").Select(request => Encoding.Latin1.GetString(request.Body)).ToList();
        Assert.NotEmpty(logs);
        Assert.All(logs, batch => Assert.Matches("service\\.name[\\s\\S]{1,8}coordinator", batch));
        Assert.Contains("coordinator_gateway_requests", collector.Everything, StringComparison.Ordinal);
        Assert.Contains("x-scope: operators=all %41", collector.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("grpc", true)]
    [InlineData("http", true)]
    [InlineData("http", false)]
    public async Task A_collector_that_hangs_or_is_away_costs_batches_and_three_seconds_at_the_end(string protocol, bool hangs)
    {
        using var collector = new OtlpCollector { Hangs = true };
        var service = await ServiceAlone.StartAsync(options =>
        {
            Send(options, hangs ? collector.Address : new Uri("http://127.0.0.1:9"));
            (options.Telemetry.Protocol, options.Telemetry.MetricsPeriod) = (protocol, TimeSpan.FromSeconds(1));
        });
        string[] lost = ["coordinator_telemetry_send_failures_total{signal=\"metrics\"}", "coordinator_telemetry_send_failures_total{signal=\"logs\"}"];
        var page = string.Empty;
        for (var attempt = 0; attempt < 120 && !lost.All(line => page.Contains(line, StringComparison.Ordinal)); attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
            page = await Http.GetStringAsync(new Uri(service.Addresses.Metrics, "/metrics"));
        }

        Assert.All(lost, line => Assert.Contains(line, page, StringComparison.Ordinal));
        var started = TimeProvider.System.GetTimestamp();
        await service.DisposeAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Without_an_address_nothing_listens_and_nothing_is_sent()
    {
        await using var service = await ServiceAlone.StartAsync();
        using var answer = await Http.GetAsync(new Uri(service.Addresses.Public, "/api/v1/competitions"));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Null(TelemetryHosting.Tracer(new TelemetrySection(), new SendMeter()));
        Assert.Null(TelemetryHosting.Meters(new TelemetrySection(), new SendMeter()));
    }

    [Fact]
    public void Every_complaint_of_the_section_is_said_at_once_and_no_header_is_quoted()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "authorization: Bearer of-a-secret\nno colon of-a-secret\nname: of-a-secret, with a comma\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            var wrong = new TelemetrySection
            {
                OtlpAddress = new Uri("http://user:of-a-secret@collector/path"), Protocol = "udp", HeadersFile = file, TracePercent = 101, MetricsPeriod = TimeSpan.Zero,
                LogFormat = "xml", LogLevel = "loud",
            };
            var complaints = wrong.Complaints().Concat(wrong.FileComplaints()).ToList();
            Assert.Equal(8, complaints.Count);
            Assert.All(complaints, complaint => Assert.StartsWith("Telemetry:", complaint, StringComparison.Ordinal));
            Assert.DoesNotContain(complaints, complaint => complaint.Contains("of-a-secret", StringComparison.Ordinal));
            Assert.Contains(complaints, complaint => complaint.EndsWith("line 2 is no 'name: value' without a comma in the value", StringComparison.Ordinal));
            Assert.Contains(
                ConfigurationKeys.SecretComplaints(new SiloOptions { Telemetry = wrong }), complaint => complaint.StartsWith("Telemetry:HeadersFile is ", StringComparison.Ordinal));
            Assert.Single(new TelemetrySection { HeadersFile = "/nowhere/headers" }.Complaints());
            Assert.Single(new TelemetrySection { HeadersFile = "/nowhere/headers" }.FileComplaints());
            Assert.Empty(new TelemetrySection().Complaints());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Lines_of_the_log_are_one_object_each_with_event_and_values()
    {
        using var output = new StringWriter();
        using var provider = new LineLoggerProvider(new ManualTimeProvider(), asJson: true, output);
        var logger = provider.CreateLogger("Coordinator.Grains.Sample");
        logger.Log(
            LogLevel.Warning, new EventId(77, "Sample"), new Dictionary<string, object?> { ["Count"] = 3, ["{OriginalFormat}"] = "{Count} \"things\"" },
            new InvalidOperationException("two\nlines"), (_, _) => "3 \"things\"\nand a line");
        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var json = System.Text.Json.JsonDocument.Parse(line).RootElement;
        Assert.Equal(("warn", "Sample", 77), (json.GetProperty("level").GetString(), json.GetProperty("area").GetString(), json.GetProperty("event").GetInt32()));
        Assert.Equal(("3 \"things\"\nand a line", "3"), (json.GetProperty("text").GetString(), json.GetProperty("values").GetProperty("Count").GetString()));
        Assert.Contains("two\nlines", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Single(json.GetProperty("values").EnumerateObject());
    }

    private static void Send(SiloOptions options, Uri address)
    {
        (options.Telemetry.OtlpAddress, options.Telemetry.Protocol, options.Telemetry.Logs, options.Telemetry.LogLevel) = (address, "http", true, "debug");
        options.Telemetry.HeadersFile = Path.Combine(Path.GetDirectoryName(options.Gateway.OperatorTokenFile)!, "headers");
        File.WriteAllText(options.Telemetry.HeadersFile, "x-scope: operators=all %41\n");
        File.SetUnixFileMode(options.Telemetry.HeadersFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static bool IsSampled(WorkSampler sampler, ActivityContext parent)
        => sampler.ShouldSample(new SamplingParameters(parent, parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId, "span", ActivityKind.Internal))
            .Decision == SamplingDecision.RecordAndSample;
}
