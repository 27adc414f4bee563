using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Cli.Processes;
using Coordinator.Cli.Synth;

namespace Coordinator.Cli.Tests;

/// <summary>What <c>synth run --metrics-listen</c> answers.</summary>
public sealed class MetricsListenerTests
{
    [Fact]
    public async Task Scrapers_get_metrics_and_strangers_get_nothing_else()
    {
        await using var listener = await MetricsListener.StartAsync("127.0.0.1:0", () => "synth_x 1\n", CancellationToken.None);
        Assert.Equal(IPAddress.Loopback, listener.Address.Address);
        var metrics = await AskAsync(listener.Address, Close("GET /metrics"));
        Assert.StartsWith("HTTP/1.1 200", metrics, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n", metrics, StringComparison.Ordinal);
        Assert.Contains("synth_x 1\n", metrics, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(listener.Address, Close("GET /")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(listener.Address, Close("GET /metrics/x")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 405", await AskAsync(listener.Address, Close("POST /metrics")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await AskAsync(listener.Address, "\0\u0001\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(listener.Address, Close("GET /metrics?x")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_of_the_server_and_the_next_scrape_may_succeed()
    {
        var isBroken = true;
        await using var listener = await MetricsListener.StartAsync(
            "127.0.0.1:0", () => isBroken ? throw new CommandFailedException("the history does not read") : "synth_x 1\n", CancellationToken.None);
        var broken = await AskAsync(listener.Address, Close("GET /metrics"));
        Assert.StartsWith("HTTP/1.1 500", broken, StringComparison.Ordinal);
        Assert.DoesNotContain("history", broken, StringComparison.Ordinal);
        isBroken = false;
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(listener.Address, Close("GET /metrics")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nowhere")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    public async Task What_is_no_address_to_listen_on_is_refused(string address)
        => Assert.Equal(2, (await RefusedAsync(address)).ExitCode);

    [Fact]
    public async Task An_address_that_is_taken_is_refused_by_name_and_free_again_afterwards()
    {
        var listener = await MetricsListener.StartAsync("127.0.0.1:0", () => string.Empty, CancellationToken.None);
        var address = listener.Address.ToString();
        Assert.Contains($"'{address}' cannot be listened on", (await RefusedAsync(address)).Message, StringComparison.Ordinal);
        await listener.DisposeAsync();
        await (await MetricsListener.StartAsync(address, () => string.Empty, CancellationToken.None)).DisposeAsync();
    }

    private static string Close(string request) => $"{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static Task<CommandFailedException> RefusedAsync(string address)
        => Assert.ThrowsAsync<CommandFailedException>(() => MetricsListener.StartAsync(address, () => string.Empty, CancellationToken.None));

    private static async Task<string> AskAsync(IPEndPoint address, string request)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(address, late.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), late.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(late.Token);
    }
}
