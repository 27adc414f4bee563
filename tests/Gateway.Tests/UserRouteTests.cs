using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>What reaches the accounts (http-api §6), and what never comes back.</summary>
public sealed class UserRouteTests
{
    private static readonly Credential Key = new(CredentialScheme.AuthKey, new string('a', 64));

    [Fact]
    public async Task A_registration_reaches_the_signers_account_only()
    {
        await using var world = await GatewayWorld.StartAsync();
        await world.SendAsync(world.Signed("POST", "/api/v1/users/username/register", Samples.UsernameBody));
        var (method, arguments, key) = Assert.Single(world.Grains.Calls);
        Assert.Equal(("register_username", (object)GatewayWorld.AliceKey), (method, key));
        Assert.Equal(new RegisterUsername("alice", Key, "sealed+nsec/==", "sealed+wallet/==", "regtest"), arguments[0]);
    }

    [Fact]
    public async Task Registering_somebody_elses_key_is_refused()
    {
        await using var world = await GatewayWorld.StartAsync();
        var mallory = Bitcoin.SecretKey.From(Bitcoin.Hex.Decode(new string('2', 64)));
        var body = System.Text.Encoding.UTF8.GetBytes(Samples.UsernameBody);
        var answer = await world.SendAsync(world.Signed("POST", "/api/v1/users/username/register", body, mallory));
        answer.AssertProblem(403, "other_pubkey");
        (await world.SendAsync(world.Unsigned("POST", "/api/v1/users/username/register", body))).AssertProblem(401, "no_auth_header");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("""{"username":"alice","password":"Abcdefghi1!"}""", CredentialScheme.Password, "Abcdefghi1!")]
    [InlineData("""{"username":"alice","password":"x","auth_key":"00"}""", CredentialScheme.AuthKey, "00")]
    public async Task A_login_shows_the_derived_key_or_the_password(string body, CredentialScheme scheme, string secret)
    {
        await using var world = await GatewayWorld.StartAsync();
        await world.SendAsync(world.Unsigned("POST", "/api/v1/users/username/login", System.Text.Encoding.UTF8.GetBytes(body)));
        Assert.Equal(["alice", new Credential(scheme, secret)], world.Grains.Calls.Single().Arguments);
    }

    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("Alice-_9", "Alice-_9")]
    [InlineData("al", "0")]
    [InlineData("9alice", "0")]
    [InlineData("", "0")]
    [InlineData("ali ce", "0")]
    [InlineData("älice", "0")]
    [InlineData("a23456789012345678901234567890123", "0")]
    public async Task Names_that_nobody_can_have_share_one_grain(string name, string key)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var (path, body) in new[] { ("login", Samples.LoginBody), ("forgot-password", Samples.ForgotBody), ("reset-password", Samples.ResetBody) })
        {
            var text = body.Replace("\"alice\"", $"\"{name}\"", StringComparison.Ordinal);
            var answer = await world.SendAsync(world.Unsigned("POST", "/api/v1/users/username/" + path, System.Text.Encoding.UTF8.GetBytes(text)));
            Assert.Equal(200, answer.Status);
        }

        Assert.All(world.Grains.Calls, call => Assert.Equal(key, call.Key));
    }

    [Fact]
    public async Task No_answer_holds_a_hash_and_no_log_a_credential()
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var row in Conformance.Rows.All.Where(row => row.Number is >= 19 and <= 25))
        {
            var answer = await world.SendAsync(row.Request(world));
            Assert.DoesNotContain("hash", answer.Body, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(row.Number == 22, answer.Body.Contains("encrypted_nsec", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(world.Log.All, line => line.Contains(Key.Secret, StringComparison.Ordinal) || line.Contains("sealed", StringComparison.Ordinal));
    }
}
