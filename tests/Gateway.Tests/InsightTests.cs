using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>What operators see of services and actors.</summary>
public sealed class InsightTests
{
    [Fact]
    public async Task A_service_is_shown_with_how_long_it_is_so_and_what_it_last_complained_of()
    {
        var health = new Changing { Line = new HealthLine("chain", true, false, "block 812") };
        await using var world = await GatewayWorld.StartAsync(health: health);
        var first = await LookAsync(world);
        Assert.Equal(("chain", true, "block 812", null), Of(first));
        Assert.Equal("2026-01-01T00:00:00Z", first.GetProperty("since").GetString());

        world.Time.Advance(TimeSpan.FromMinutes(1));
        health.Line = new HealthLine("chain", false, false, "no answer");
        var broken = await LookAsync(world);
        Assert.Equal(("chain", false, "no answer", "no answer"), Of(broken));
        Assert.Equal("2026-01-01T00:01:00Z", broken.GetProperty("since").GetString());

        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("2026-01-01T00:01:00Z", (await LookAsync(world)).GetProperty("since").GetString());
        health.Line = new HealthLine("chain", true, false, "block 813");
        var well = await LookAsync(world);
        Assert.Equal(("chain", true, "block 813", "no answer"), Of(well));
        Assert.Equal("2026-01-01T00:02:00Z", well.GetProperty("since").GetString());
        Assert.Equal("2026-01-01T00:02:00Z", well.GetProperty("last_error_at").GetString());
    }

    [Fact]
    public async Task Grains_are_shown_by_type_with_their_calls()
    {
        var report = new GrainReport(
            [new SiloLine("S127.0.0.1:0:1", "Active")],
            3,
            DateTimeOffset.UnixEpoch,
            [
                new GrainTypeLine("wallet", 1, 2, [
                    new GrainMethodLine(
                        "SendAsync", 4, 1, TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(200), TimeSpan.FromMilliseconds(1), "TimeoutException",
                        DateTimeOffset.UnixEpoch),
                ]),
            ]);
        await using var world = await GatewayWorld.StartAsync(grains: new Told(report));
        var answer = await world.SendAsync(world.Operator("GET", "/api/v1/grains"));
        Assert.Equal(
            """{"activations":3,"counted_since":"1970-01-01T00:00:00Z","silos":[{"name":"S127.0.0.1:0:1","status":"Active"}],"types":[{"type":"wallet","activations":1,"reminders":2,"calls":4,"errors":1,"methods":[{"method":"SendAsync","calls":4,"errors":1,"mean_us":100,"p95_us":200,"longest_us":1000,"last_error":"TimeoutException","last_error_at":"1970-01-01T00:00:00Z"}]}]}""",
            answer.Body);
    }

    private static (string? Name, bool Ok, string? Detail, string? LastError) Of(JsonElement line) => (
        line.GetProperty("name").GetString(), line.GetProperty("ok").GetBoolean(), line.GetProperty("detail").GetString(), line.GetProperty("last_error").GetString());

    private static async Task<JsonElement> LookAsync(GatewayWorld world)
        => JsonDocument.Parse((await world.SendAsync(world.Operator("GET", "/api/v1/services"))).Body).RootElement.GetProperty("services")[0];

    private sealed class Changing : IHealthReport
    {
        public required HealthLine Line { get; set; }

        public ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation) => new([Line]);
    }

    private sealed class Told(GrainReport report) : IGrainReport
    {
        public Task<GrainReport> LookAsync(CancellationToken cancellation) => Task.FromResult(report);
    }
}
