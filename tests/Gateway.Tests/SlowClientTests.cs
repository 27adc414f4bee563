using System.Net.Sockets;
using System.Text;
using Coordinator.Gateway.Tests.World;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests;

/// <summary>Clients that take their time: they lose their connection, and nobody else anything.</summary>
public sealed class SlowClientTests
{
    private static readonly string Path = Samples.EntryPath + "/public_nonces";

    [Fact]
    public async Task Headers_that_never_end_cost_their_sender_the_connection()
    {
        await using var world = await GatewayWorld.StartAsync(options => options.Limits.HeaderTime = TimeSpan.FromSeconds(1));
        using var client = await ConnectAsync(world);
        var answer = await TalkAsync(client, "GET /api/v1/health_check HTTP/1.1\r\nHost: x\r\nX-");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_408_and_its_place_is_free_again()
    {
        await using var world = await GatewayWorld.StartAsync(options => (options.Limits.LargeBodies, options.Limits.LargeBodiesPerUser) = (1, 8));
        using var client = await ConnectAsync(world);
        var timers = world.Time.ArmedTimers;
        var answer = TalkAsync(client, Head(world, "Content-Length: 1000", "{"));
        Assert.True(SpinWait.SpinUntil(() => world.Time.ArmedTimers > timers, TimeSpan.FromMinutes(1)), "the body is awaited");
        world.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(answer.IsCompleted);
        await PassAsync(world, TimeSpan.FromSeconds(2), answer);
        Assert.Contains("urn:coordinator:error:request_timeout", await answer, StringComparison.Ordinal);
        Assert.Equal(200, (await world.SendAsync(world.Signed("POST", Path, Samples.NoncesBody))).Status);
    }

    [Fact]
    public async Task A_trickle_below_the_least_rate_is_hung_up_on()
    {
        await using var world = await GatewayWorld.StartAsync(options => options.Limits.LeastBytesPerSecond = 1_000_000);
        using var client = await ConnectAsync(world);
        var answer = await TalkAsync(client, Head(world, "Content-Length: 10000", new string(' ', 100)));
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_grain_that_never_answers_ends_in_503_not_in_a_hang()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Silence = new TaskCompletionSource();
        var timers = world.Time.ArmedTimers;
        var answer = world.SendAsync(world.Unsigned("GET", Samples.CompetitionPath));
        Assert.True(SpinWait.SpinUntil(() => world.Time.ArmedTimers > timers, TimeSpan.FromMinutes(1)), "the answer is awaited");
        await PassAsync(world, TimeSpan.FromSeconds(61), answer);
        (await answer).AssertProblem(503, "unavailable");
        world.Grains.Silence.SetResult();
    }

    private static string Head(GatewayWorld world, string length, string body)
    {
        var url = new Uri(world.Addresses.Public, Path).AbsoluteUri;
        var header = Nip98Header.Create(GatewayWorld.Alice, url, "POST", "{}"u8, world.Time.GetUtcNow());
        return $"POST {Path} HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\nContent-Type: application/json\r\n{length}\r\n\r\n{body}";
    }

    private static async Task<TcpClient> ConnectAsync(GatewayWorld world)
    {
        var client = new TcpClient();
        await client.ConnectAsync(world.Addresses.Public.Host, world.Addresses.Public.Port);
        return client;
    }

    /// <summary>Time goes on in such steps until there is an answer: the timer that it waits for may be armed only after another one.</summary>
    private static async Task PassAsync(GatewayWorld world, TimeSpan step, Task answer)
    {
        for (var left = 600; left > 0 && !answer.IsCompleted; left--)
        {
            world.Time.Advance(step);
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System));
        }
    }

    /// <summary>Says this and no more, and reads until the server hangs up; for minutes, on a slow machine.</summary>
    private static async Task<string> TalkAsync(TcpClient client, string words)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(words), patience.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // hung up on
        }

        return answer.ToString();
    }
}
