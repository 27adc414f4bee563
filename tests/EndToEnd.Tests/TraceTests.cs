using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>A demo by the real processes, seen by a collector: one trace has all of it, and nothing that came out holds a secret.</summary>
public sealed class TraceTests
{
    private const int Players = 3;
    private const int Seed = 7;

    [Theory]
    [InlineData("keymeld")]
    [InlineData("local")]
    public async Task One_trace_of_a_demo_has_requests_grain_calls_effects_and_transactions_and_no_secret(string signing)
    {
        using var collector = new OtlpCollector();
        var folder = Directory.CreateTempSubdirectory("coordinator-trace-").FullName;
        try
        {
            var result = await CommandLine.RunAsync(
                "", SentTo(collector), "demo", "--players", $"{Players}", "--places", "2", "--seed", $"{Seed}", "--signing", signing, "--data", folder, "--json");
            _ = DemoAudit.Check(result, Players);
            CheckTrace(collector, result);
            CheckMetricsAndLog(collector);
            CheckSilence(collector, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, string> SentTo(OtlpCollector collector) => new(StringComparer.Ordinal)
    {
        ["COORDINATOR__Telemetry__OtlpAddress"] = collector.Address.ToString(),
        ["COORDINATOR__Telemetry__Protocol"] = "http",
        ["COORDINATOR__Telemetry__Logs"] = "true",
        ["COORDINATOR__Telemetry__LogLevel"] = "debug",
        ["COORDINATOR__Telemetry__MetricsPeriod"] = "00:00:02",
    };

    private static void CheckTrace(OtlpCollector collector, CommandResult result)
    {
        var competition = Told(result, "competition");
        var trace = TraceOf(Guid.Parse(competition));
        var spans = collector.Spans.Where(span => span.TraceId == trace).ToList();
        Assert.True(spans.Count > 50, $"{spans.Count} spans of {collector.Spans.Count}");
        Assert.Contains(spans, span => span is { Scope: "Coordinator.Gateway", Parent: "" } && span.Name.StartsWith("POST /api/v1/competitions/{competition_id}/ticket", StringComparison.Ordinal));
        var requests = spans.Where(span => span.Scope == "Coordinator.Gateway").Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(spans, span => span.Name == "ICompetitionGrain/RequestTicketAsync" && requests.Contains(span.Parent));
        Assert.Contains(spans, span => span.Name == "ICompetitionGrain/CreateAsync" && span.Links.Count == 1);
        foreach (var effect in new[] { "issue_invoice", "create_oracle_event", "broadcast_funding", "settle_invoice", "broadcast_outcome", "pay_winner" })
        {
            Assert.True(spans.Exists(span => span is { Scope: "Coordinator.Grains" } && span.Name == $"effect {effect}"), effect);
        }

        Assert.Contains(spans, span => span.Name == "state completed");
        Assert.Equal(Players, spans.Where(span => span.Name == "effect settle_invoice").Select(span => span["coordinator.ticket.id"]).Distinct().Count());
        var sent = spans.Where(span => span.Name == "broadcast").Select(span => span["bitcoin.txid"]).ToHashSet(StringComparer.Ordinal);
        var summary = result.Events[^1];
        Assert.Contains(summary.GetProperty("funding_txid").GetString(), sent);
        Assert.Contains(summary.GetProperty("outcome_txid").GetString(), sent);

        // Grain calls lead on to other grains, effects to services outside.
        Assert.Contains(spans, span => span.Name.StartsWith("IWalletGrain/", StringComparison.Ordinal));
        Assert.Contains(spans, span => span.Scope == "System.Net.Http");
    }

    private static void CheckMetricsAndLog(OtlpCollector collector)
    {
        var told = collector.Everything;
        foreach (var name in new[] { "coordinator_gateway_requests", "coordinator_effect_attempts", "coordinator_competitions", "orleans-grains", "funding_broadcasted" })
        {
            Assert.Contains(name, told, StringComparison.Ordinal);
        }

        Assert.Contains(collector.Requests, request => request.Path == "/v1/metrics");
        Assert.Contains(collector.Requests, request => request.Path == "/v1/logs");
    }

    /// <summary>In all that was sent, and in the service's own log.</summary>
    private static void CheckSilence(OtlpCollector collector, string folder)
    {
        var search = Secrets(folder);
        Assert.True(search.Count >= 2 + (Players * 6), $"{search.Count} secrets");
        Assert.Empty(search.In(collector.Everything));
        var log = File.ReadAllText(Path.Combine(folder, "service.log"));
        Assert.Contains("ServiceGrain", log, StringComparison.Ordinal);
        Assert.Empty(search.In(log));
    }

    /// <summary>Whatever the folder of a demo keeps to itself.</summary>
    private static SecretSearch Secrets(string folder)
    {
        var search = new SecretSearch().Add("operator token", File.ReadAllText(Path.Combine(folder, "operator.token")).Trim());
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".macaroon", StringComparison.Ordinal))
            {
                search.Add("macaroon", File.ReadAllBytes(file));
            }
            else if (file.EndsWith("coordinator_private_key.pem", StringComparison.Ordinal))
            {
                var body = string.Concat(File.ReadAllLines(file).Where(line => !line.StartsWith("--", StringComparison.Ordinal)));
                search.Add("coordinator's key", Convert.FromBase64String(body));
            }
        }

        for (var player = 0; player <= Players; player++)
        {
            foreach (var purpose in new[] { "identity", "entry", "chain" })
            {
                search.Add($"player {player}'s {purpose} key", SHA256.HashData(Encoding.UTF8.GetBytes($"demo player {player} of seed {Seed}: {purpose}")));
            }
        }

        foreach (var file in Directory.GetFiles(Path.Combine(folder, "players"), "player-*.json"))
        {
            var record = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            search.Add($"{file}: payout preimage", Convert.FromHexString(record.GetProperty("payout_preimage").GetString()!));
            search.Add($"{file}: ticket preimage", Convert.FromHexString(record.GetProperty("ticket_preimage").GetString()!));
            search.Add($"{file}: payment request", record.GetProperty("seat").GetProperty("payment_request").GetString()!);
            if (record.GetProperty("seat").GetProperty("keymeld") is { ValueKind: JsonValueKind.Object } seat)
            {
                search.Add($"{file}: encrypted key", seat.GetProperty("encrypted_key").GetString()!);
            }
        }

        return search;
    }

    private static string Told(CommandResult result, string member)
        => result.Events.Select(line => line.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null).First(value => value is not null)!;

    /// <summary>As docs/telemetry.md says.</summary>
    private static string TraceOf(Guid competition)
        => Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes("coordinator/trace/competition/"), .. competition.ToByteArray(bigEndian: true)])[..16]);
}
