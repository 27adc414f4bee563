using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coordinator.Gateway.Tests.World;
using Coordinator.Web.Tests.World;

namespace Coordinator.Web.Tests;

/// <summary>Who gets in, and how.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task The_token_opens_a_session_whose_cookie_scripts_and_other_sites_never_see()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = new Visitor(world);
        var form = await visitor.GetAsync(Visitor.SignIn);
        Assert.Equal(200, form.Status);
        Assert.Equal([], PageCheck.Complaints(form.Body));
        PageTests.AssertHeaders(form);
        var answer = await visitor.SignInAsync(GatewayWorld.Token);
        Assert.Equal((303, "/admin/competitions"), (answer.Status, answer.Location));
        var cookie = answer.Headers["Set-Cookie"].Split('\n').Single(line => line.StartsWith("coordinator-session-", StringComparison.Ordinal) && !line.Contains("expires", StringComparison.OrdinalIgnoreCase));
        Assert.Matches("^coordinator-session-[0-9]+=[0-9a-f]{64}; path=/; samesite=strict; httponly$", cookie);
        Assert.Equal(200, (await visitor.GetAsync("/admin/holds")).Status);
    }

    [Fact]
    public async Task With_tls_the_cookie_insists_on_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=operator", key, HashAlgorithmName.SHA256).CreateSelfSigned(start, start.AddYears(100));
        var (certificateFile, keyFile) = (Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await using var world = await Everything.StartAsync(options => (options.OperatorCertificateFile, options.OperatorKeyFile) = (certificateFile, keyFile));
        using var handler = new SocketsHttpHandler { UseCookies = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString();
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(new Uri(world.Addresses.Operator, Visitor.SignIn));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Matches("^__Host-coordinator-form-[0-9]+=[0-9a-f]{64}; path=/; secure; samesite=strict; httponly$", cookie);
        File.Delete(certificateFile);
        File.Delete(keyFile);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdeF")]
    public async Task A_wrong_token_is_refused_by_name_and_opens_nothing(string token)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = new Visitor(world);
        var answer = (await visitor.SignInAsync(token)).AssertRefused(401, "operator_token_wrong");
        Assert.Equal([], PageCheck.Complaints(answer.Body));
        Assert.DoesNotContain("coordinator-session", answer.Headers["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal((303, Visitor.SignIn), ((await visitor.GetAsync("/admin/holds")).Status, (await visitor.GetAsync("/admin/holds")).Location));
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task Wrong_tokens_are_counted_with_those_of_the_api_and_the_right_one_waits_too()
    {
        await using var world = await Everything.StartAsync(options => (options.Limits.AuthenticationBurst, options.Limits.AuthenticationPerSecond) = (3, 1));
        using var visitor = new Visitor(world);
        (await visitor.SignInAsync("wrong")).AssertRefused(401, "operator_token_wrong");
        (await world.SendAsync(world.Operator("GET", "/api/v1/holds", token: new string('x', 40)))).AssertProblem(401, "operator_token_wrong");
        (await visitor.SignInAsync("wrong")).AssertRefused(401, "operator_token_wrong");
        (await visitor.SignInAsync(GatewayWorld.Token)).AssertRefused(429, "too_many_requests");
        world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(303, (await visitor.SignInAsync(GatewayWorld.Token)).Status);
    }

    [Fact]
    public async Task A_sign_in_without_its_forms_token_or_from_another_site_is_refused_by_name()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = new Visitor(world);
        (await visitor.SendAsync(visitor.Post(Visitor.SignIn, [("token", GatewayWorld.Token)]))).AssertRefused(403, "csrf_missing");
        var form = await visitor.GetAsync(Visitor.SignIn);
        (await visitor.SendAsync(visitor.Post(Visitor.SignIn, [("csrf", new string('0', 64)), ("token", GatewayWorld.Token)]))).AssertRefused(403, "csrf_wrong");
        form = await visitor.GetAsync(Visitor.SignIn);
        (await visitor.SendAsync(visitor.Post(Visitor.SignIn, [("csrf", form.Token), ("token", GatewayWorld.Token)], ("Origin", "https://evil.example")))).AssertRefused(403, "cross_site");
        using var other = new Visitor(world);
        (await other.SendAsync(other.Post(Visitor.SignIn, [("csrf", form.Token), ("token", GatewayWorld.Token)]))).AssertRefused(403, "csrf_missing");
        Assert.Equal(303, (await visitor.GetAsync("/admin/holds")).Status);
    }

    [Fact]
    public async Task Neither_the_token_nor_a_session_stands_in_a_page_an_address_or_the_log()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var session = visitor.Cookies.GetCookies(world.Addresses.Operator).Single(cookie => cookie.Name.StartsWith("coordinator-session", StringComparison.Ordinal)).Value;
        (await visitor.SignInAsync("not-the-token-but-long-enough-to-be-one")).AssertRefused(401, "operator_token_wrong");
        foreach (var path in Everything.Pages)
        {
            var page = await visitor.GetAsync(path);
            Assert.DoesNotContain(session, page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(GatewayWorld.Token, page.Body, StringComparison.Ordinal);
        }

        var log = string.Join('\n', world.Log.All.Where(line => line.Contains("Coordinator.", StringComparison.Ordinal)));
        Assert.DoesNotContain(session, log, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayWorld.Token, log, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-token-but", log, StringComparison.Ordinal);
        Assert.Contains("operator_token_wrong", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_begins_anew_with_each_sign_in_and_ends_with_the_old_one()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        using var thief = new Visitor(world);
        foreach (System.Net.Cookie cookie in visitor.Cookies.GetCookies(world.Addresses.Operator))
        {
            thief.Cookies.Add(new System.Net.Cookie(cookie.Name, cookie.Value, "/", world.Addresses.Operator.Host));
        }

        Assert.Equal(200, (await thief.GetAsync("/admin/holds")).Status);
        Assert.Equal(303, (await visitor.SignInAsync(GatewayWorld.Token)).Status);
        (await thief.GetAsync("/admin/holds")).AssertRefused(401, "session_expired");
        Assert.Equal(200, (await visitor.GetAsync("/admin/holds")).Status);
    }
}
