using System.Net.Sockets;
using System.Text;
using Coordinator.Gateway.Tests.World;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests;

/// <summary>What no well-behaved client sends, byte by byte.</summary>
public sealed class RawConnectionTests
{
    private static readonly string Path = Samples.CompetitionPath + "/contract";

    [Fact]
    public async Task Two_authorization_lines_count_as_none()
    {
        await using var world = await GatewayWorld.StartAsync();
        var line = $"Authorization: {Header(world)}";
        var answer = await SendAsync(world.Addresses.Public, $"GET {Path} HTTP/1.1", line, line);
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Contains("no_auth_header", answer, StringComparison.Ordinal);
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_target_that_names_its_own_host_is_not_what_was_signed()
    {
        await using var world = await GatewayWorld.StartAsync();
        var own = world.Addresses.Public.GetLeftPart(UriPartial.Authority);
        var answer = await SendAsync(world.Addresses.Public, $"GET {own}{Path} HTTP/1.1", $"Authorization: {Header(world)}");
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Contains("invalid_url", answer, StringComparison.Ordinal);
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task Headers_have_a_bound()
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await SendAsync(world.Addresses.Public, $"GET {Path} HTTP/1.1", "X-Long: " + new string('x', 20_000));
        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_request_is_refused_before_its_body_is_awaited()
    {
        await using var world = await GatewayWorld.StartAsync();
        var header = Header(world);
        world.Time.Advance(TimeSpan.FromMinutes(5));
        var answer = await SendAsync(
            world.Addresses.Public, $"POST {Samples.EntryPath}/public_nonces HTTP/1.1", $"Authorization: {header}",
            "Content-Type: application/json", "Content-Length: 16000000");
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Contains("expired_timestamp", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Every_way_to_say_nothing_at_all_is_answered(string method)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var path in new[] { "/api/v1/%2e%2e/%00", "/api//v1", "//evil.example/api/v1/entries", "/api/v1/entries%2f", "*" })
        {
            var answer = await SendAsync(world.Addresses.Public, $"{method} {path} HTTP/1.1", "Content-Length: 0");
            Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("<html", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string Header(GatewayWorld world)
        => Nip98Header.Create(GatewayWorld.Alice, new Uri(world.Addresses.Public, Path).AbsoluteUri, "GET", [], world.Time.GetUtcNow());

    /// <summary>Sends a head and reads what comes back, up to 64 KiB or a minute.</summary>
    private static async Task<string> SendAsync(Uri listener, params string[] lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.Host, listener.Port, patience.Token);
        var head = string.Join("\r\n", [.. lines, $"Host: {listener.Authority}", "Connection: close", string.Empty, string.Empty]);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), patience.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            while (answer.Length < 65_536 && await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (answer.ToString().Contains("\"error\":", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // the server closed on us after its answer
        }

        return answer.ToString();
    }
}
