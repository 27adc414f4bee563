using System.Text;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests;

/// <summary>What the old API did at its door and this one must not (http-api §20); <c>docs/defects.md</c> names the row of each.</summary>
public sealed class ForbiddenTests
{
    private static readonly string Payout = Samples.EntryPath + "/payout";

    [Fact]
    public async Task A_signed_payout_is_not_taken_with_another_invoice_in_its_body()
    {
        await using var world = await GatewayWorld.StartAsync();
        var url = new Uri(world.Addresses.Public, Payout).AbsoluteUri;
        var theirs = Encoding.UTF8.GetBytes(Samples.PayoutBody.Replace("lnbcrt1", "lnbcrt2", StringComparison.Ordinal));
        var request = world.Unsigned("POST", Payout, theirs);
        var header = Nip98Header.Create(GatewayWorld.Alice, url, "POST", Encoding.UTF8.GetBytes(Samples.PayoutBody), world.Time.GetUtcNow());
        GatewayWorld.Authorize(request, header);
        (await world.SendAsync(request)).AssertProblem(401, "payload_mismatch");
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_signed_payout_does_not_work_a_second_time_within_its_minute()
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Encoding.UTF8.GetBytes(Samples.PayoutBody);
        var header = Nip98Header.Create(GatewayWorld.Alice, new Uri(world.Addresses.Public, Payout).AbsoluteUri, "POST", body, world.Time.GetUtcNow());
        foreach (var expected in new[] { 200, 401, 401 })
        {
            var request = world.Unsigned("POST", Payout, body);
            GatewayWorld.Authorize(request, header);
            Assert.Equal(expected, (await world.SendAsync(request)).Status);
        }

        Assert.Single(world.Grains.Calls);
    }

    [Theory]
    [InlineData("http://elsewhere.example", "elsewhere.example", null)]
    [InlineData("https://elsewhere.example", "elsewhere.example", "https")]
    [InlineData("https://elsewhere.example", "elsewhere.example", "anything")]
    public async Task What_was_signed_for_another_site_does_not_work_here_whatever_host_and_scheme_are_claimed(string origin, string host, string? scheme)
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Encoding.UTF8.GetBytes(Samples.PayoutBody);
        var request = world.Unsigned("POST", Payout, body);
        request.Headers.Host = host;
        if (scheme is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        }

        GatewayWorld.Authorize(request, Nip98Header.Create(GatewayWorld.Alice, origin + Payout, "POST", body, world.Time.GetUtcNow()));
        (await world.SendAsync(request)).AssertProblem(401, "url_method_mismatch");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd")]
    public async Task A_malformed_payout_hash_does_not_come_in_to_stop_the_competition_later(string hash)
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Samples.EntryBody.Replace(new string('d', 64), hash, StringComparison.Ordinal);
        (await world.SendAsync(world.Signed("POST", "/api/v1/entries", body))).AssertProblem(400, "payout_hash");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/ticket")]
    [InlineData("GET", "/contract")]
    [InlineData("GET", "/aggregate_nonces")]
    public async Task An_unknown_competition_is_not_an_internal_error(string method, string path)
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(ProblemKind.NotFound, "competition_not_found", "There is no such competition");
        var answer = await world.SendAsync(world.Signed(method, Samples.CompetitionPath + path, method == "POST" ? Samples.TicketBody : string.Empty));
        answer.AssertProblem(404, "competition_not_found");
    }

    [Fact]
    public async Task Registering_twice_is_not_an_internal_error()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(ProblemKind.Conflict, "user_exists", "This key has an account");
        (await world.SendAsync(world.Signed("POST", "/api/v1/users/register", Samples.RegisterBody))).AssertProblem(409, "user_exists");
    }
}
