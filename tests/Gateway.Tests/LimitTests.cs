using System.Net;
using System.Net.Sockets;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Gateway.Limits;
using Coordinator.Gateway.Tests.World;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Gateway.Tests;

/// <summary>What a stranger may use up, and that nobody else is kept out by it.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task One_bot_cannot_ask_without_end_and_hears_when_to_come_back()
    {
        await using var world = await GatewayWorld.StartAsync(options => (options.Limits.AddressPerSecond, options.Limits.AddressBurst) = (2, 5));
        await AssertAllowedAsync(5, 2, world, () => world.Unsigned("GET", Samples.CompetitionPath));
        (await world.SendAsync(world.Unsigned("GET", "/nowhere"))).AssertProblem(429, "too_many_requests");
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertAllowedAsync(2, 1, world, () => world.Unsigned("GET", Samples.CompetitionPath));
    }

    [Fact]
    public async Task One_user_cannot_reserve_without_end_and_another_from_the_same_address_still_can()
    {
        await using var world = await GatewayWorld.StartAsync(options => (options.Limits.UserPerSecond, options.Limits.UserBurst) = (1, 3));
        using var bob = SecretKey.From(Hex.Decode(new string('3', 64)));
        var body = Encoding.UTF8.GetBytes(Samples.TicketBody);
        await AssertAllowedAsync(3, 2, world, () => world.Signed("POST", Samples.CompetitionPath + "/ticket", body));
        await AssertAllowedAsync(3, 2, world, () => world.Signed("POST", Samples.CompetitionPath + "/ticket", body, bob));
        Assert.Equal(6, world.Grains.Calls.Count);
        Assert.Equal(6, world.Grains.Taken.Count); // who is throttled fills no replay guard
    }

    [Fact]
    public async Task Proving_who_one_is_has_a_tighter_limit_of_its_own()
    {
        await using var world = await GatewayWorld.StartAsync(
            options => (options.Limits.AuthenticationPerSecond, options.Limits.AuthenticationBurst) = (1, 4));
        await AssertAllowedAsync(4, 1, world, () => world.Unsigned("POST", "/api/v1/users/username/login", "{}"u8.ToArray()));
        await AssertAllowedAsync(0, 1, world, () => world.Unsigned("POST", "/API/v1/Users/register", "{}"u8.ToArray()));
        Assert.Equal(200, (await world.SendAsync(world.Unsigned("GET", Samples.CompetitionPath))).Status);
    }

    [Fact]
    public async Task Guessing_the_operators_token_is_slow_and_a_flood_of_players_does_not_keep_the_operator_out()
    {
        await using var world = await GatewayWorld.StartAsync(options =>
        {
            (options.Limits.AuthenticationPerSecond, options.Limits.AuthenticationBurst) = (1, 3);
            (options.Limits.AddressPerSecond, options.Limits.AddressBurst) = (1, 1);
        });
        await world.SendAsync(world.Unsigned("POST", "/api/v1/users/username/login", "{}"u8.ToArray()));
        await AssertAllowedAsync(0, 5, world, () => world.Unsigned("GET", Samples.CompetitionPath));
        await AssertAllowedAsync(50, 0, world, () => world.Operator("GET", "/api/v1/wallet/balance"));
        await AssertAllowedAsync(3, 2, world, () => world.Operator("GET", "/api/v1/wallet/balance", token: new string('x', 40)));
        (await world.SendAsync(world.Operator("GET", "/api/v1/wallet/balance"))).AssertProblem(429, "too_many_requests");
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await world.SendAsync(world.Operator("GET", "/api/v1/wallet/balance"))).Status);
    }

    [Fact]
    public async Task Connections_of_one_address_have_a_bound_and_closed_ones_make_room()
    {
        await using var world = await GatewayWorld.StartAsync(options => options.Limits.ConnectionsPerAddress = 4);
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                open.Add(await ConnectAsync(world.Addresses.Public));
                Assert.StartsWith("HTTP/1.1 200", await AskAsync(open[^1]), StringComparison.Ordinal);
            }

            Assert.Equal("", await AskAnewAsync(world.Addresses.Public));
            using (var operators = await ConnectAsync(world.Addresses.Operator))
            {
                Assert.StartsWith("HTTP/1.1 404", await AskAsync(operators), StringComparison.Ordinal);
            }

            open[0].Dispose();
            Assert.True(await ComesThroughAsync(world.Addresses.Public), "a closed connection makes room for the next");
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public void Connections_are_counted_for_each_address_and_proxies_that_are_trusted_are_exempt()
    {
        var options = new GatewayOptions();
        var limits = new ConnectionLimits(5, 2, new ClientAddresses(options), new Metering.GatewayMeter());
        var (one, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        Assert.Equal([true, true, false, true], new[] { one, one, one, other }.Select(address => limits.TryOpen(address, isTrusted: false)));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => limits.TryOpen(other, isTrusted: true)));
        limits.Close(one);
        Assert.True(limits.TryOpen(one, isTrusted: false));
    }

    [Fact]
    public void Nobody_runs_more_requests_at_once_than_there_is_room_for()
    {
        var options = new GatewayOptions();
        options.Limits.Requests = 2;
        options.Limits.LargeBodiesPerUser = 1;
        using var meter = new Metering.GatewayMeter();
        var allowances = new Allowances(options, TimeProvider.System, meter);
        allowances.Enter();
        allowances.Enter();
        Assert.Equal("busy", Assert.Throws<Errors.RefusedRequestException>(allowances.Enter).Error.Code);
        allowances.Leave();
        allowances.Enter();
        allowances.EnterLarge("a");
        allowances.EnterLarge("b");
        Assert.Equal("too_many_requests", Assert.Throws<Errors.RefusedRequestException>(() => allowances.EnterLarge("a")).Error.Code);
        allowances.LeaveLarge("a");
        allowances.EnterLarge("a");
    }

    [Theory]
    [InlineData("198.51.100.7", null, "198.51.100.7")]
    [InlineData("198.51.100.7", "203.0.113.9", "198.51.100.7")]
    [InlineData("10.1.2.3", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "192.0.2.66, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "192.0.2.66, 203.0.113.9, 10.9.9.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3")]
    [InlineData("10.1.2.3", "", "10.1.2.3")]
    [InlineData("::ffff:198.51.100.7", null, "198.51.100.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", null, "2001:db8:1:2::")]
    [InlineData("2001:db8:9::1", "2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    public void Only_a_configured_proxy_is_believed_about_whose_request_it_is(string peer, string? forwarded, string counted)
    {
        var options = new GatewayOptions();
        options.TrustedProxies.Add("10.0.0.0/8");
        options.TrustedProxies.Add("2001:db8:9::1");
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (forwarded is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        Assert.Equal(IPAddress.Parse(counted), new ClientAddresses(options).Of(context));
    }

    [Fact]
    public async Task Sixteen_mebibytes_are_read_only_of_who_has_the_entry()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Entries = _ => [Samples.Entry with { Id = Samples.TicketId }];
        foreach (var path in new[] { "/public_nonces", "/final_signatures" })
        {
            (await world.SendAsync(world.Signed("POST", Samples.EntryPath + path, Samples.NoncesBody))).AssertProblem(404, "entry_not_found");
        }

        Assert.Empty(world.Grains.Calls);
        Assert.Empty(world.Grains.Taken);
    }

    private static async Task AssertAllowedAsync(int allowed, int refused, GatewayWorld world, Func<HttpRequestMessage> request)
    {
        for (var i = 0; i < allowed; i++)
        {
            Assert.NotEqual(429, (await world.SendAsync(request())).Status);
        }

        for (var i = 0; i < refused; i++)
        {
            var answer = await world.SendAsync(request());
            answer.AssertProblem(429, "too_many_requests");
            Assert.InRange(int.Parse(answer.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        }
    }

    private static async Task<TcpClient> ConnectAsync(Uri listener)
    {
        var client = new TcpClient();
        await client.ConnectAsync(listener.Host, listener.Port);
        return client;
    }

    private static async Task<string> AskAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        try
        {
            await client.GetStream().WriteAsync("GET /api/v1/health_check HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), patience.Token);
            var buffer = new byte[4_096];
            return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, patience.Token));
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    /// <summary>The answer over a connection of its own; empty where it was closed without a word, which may be seen while it is being made.</summary>
    private static async Task<string> AskAnewAsync(Uri listener)
    {
        try
        {
            using var client = await ConnectAsync(listener);
            return await AskAsync(client);
        }
        catch (SocketException)
        {
            return string.Empty;
        }
    }

    private static async Task<bool> ComesThroughAsync(Uri listener)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if ((await AskAnewAsync(listener)).Length > 0)
            {
                return true;
            }
        }

        return false;
    }
}
