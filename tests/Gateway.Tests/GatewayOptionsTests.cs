using Coordinator.Gateway.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Gateway.Tests;

/// <summary>What the gateway refuses to start with.</summary>
public sealed class GatewayOptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public GatewayOptionsTests() => File.WriteAllText(_file, GatewayWorld.Token);

    [Fact]
    public void Defaults_with_a_token_can_start() => Assert.Empty(Good().Complaints());

    [Theory]
    [InlineData("public", "Gateway:PublicAddress")]
    [InlineData("port", "Gateway:MetricsPort")]
    [InlineData("operator", "Gateway:OperatorAddress")]
    [InlineData("origin", "Gateway:Origins")]
    [InlineData("origin_path", "Gateway:Origins")]
    [InlineData("no_origin", "Gateway:Origins")]
    [InlineData("shared_port", "Gateway:PublicPort and Gateway:OperatorPort")]
    [InlineData("shared_metrics_port", "Gateway:OperatorPort and Gateway:MetricsPort")]
    [InlineData("cors", "Gateway:CorsOrigins")]
    [InlineData("any_cors", "Gateway:CorsOrigins")]
    [InlineData("proxy", "Gateway:TrustedProxies")]
    [InlineData("rate", "Gateway:Limits:AddressPerSecond")]
    [InlineData("body", "Gateway:Limits:BodyBytes")]
    [InlineData("time", "Gateway:Limits:HeaderTime")]
    [InlineData("certificate", "Gateway:OperatorCertificateFile")]
    [InlineData("half_tls", "Gateway:OperatorKeyFile")]
    [InlineData("unnamed_token", "Gateway:OperatorTokenFile")]
    [InlineData("no_token", "Gateway:OperatorTokenFile")]
    [InlineData("short_token", "Gateway:OperatorTokenFile")]
    public void A_complaint_names_its_key(string what, string key)
    {
        var options = Good();
        switch (what)
        {
            case "public": options.PublicAddress = "localhost"; break;
            case "port": options.MetricsPort = 70_000; break;
            case "operator": options.OperatorAddress = "0.0.0.0"; break;
            case "origin": options.Origins.Add("play.example"); break;
            case "origin_path": options.Origins.Add("https://play.example/app"); break;
            case "no_origin": options.PublicAddress = "0.0.0.0"; break;
            case "shared_port": (options.PublicAddress, options.OperatorPort) = ("127.0.0.2", options.PublicPort); break;
            case "shared_metrics_port": options.MetricsPort = options.OperatorPort; break;
            case "cors": options.CorsOrigins.Add("https://app.example/"); break;
            case "any_cors": options.CorsOrigins.Add("*"); break;
            case "proxy": options.TrustedProxies.Add("10.0.0.0/99"); break;
            case "rate": options.Limits.AddressPerSecond = -1; break;
            case "body": options.Limits.BodyBytes = 1; break;
            case "time": options.Limits.HeaderTime = TimeSpan.Zero; break;
            case "certificate": (options.OperatorCertificateFile, options.OperatorKeyFile) = ("nowhere.pem", _file); break;
            case "half_tls": options.OperatorKeyFile = _file; break;
            case "unnamed_token": options.OperatorTokenFile = string.Empty; break;
            case "no_token": options.OperatorTokenFile = "nowhere"; break;
            case "short_token": File.WriteAllText(_file, "short"); break;
            default: throw new ArgumentOutOfRangeException(nameof(what));
        }

        Assert.StartsWith(key, Assert.Single(options.Complaints()), StringComparison.Ordinal);
        var refusal = Assert.Throws<GatewayConfigurationException>(() => new ServiceCollection().AddGateway(options));
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operators_listener_may_leave_loopback_where_the_setting_says_so()
    {
        var options = Good();
        (options.OperatorAddress, options.OperatorMayBeInClear) = ("0.0.0.0", true);
        Assert.Empty(options.Complaints());
    }

    [Fact]
    public void A_new_token_is_long_random_readable_by_its_owner_only_and_never_replaced()
    {
        var path = _file + ".new";
        try
        {
            OperatorToken.EnsureFile(path);
            var token = File.ReadAllText(path);
            OperatorToken.EnsureFile(path);
            Assert.Equal(token, File.ReadAllText(path));
            Assert.Equal(64, token.Length);
            Assert.True(OperatorToken.TryRead(path)!.Matches(token));
            Assert.False(OperatorToken.TryRead(path)!.Matches(GatewayWorld.Token));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose() => File.Delete(_file);

    private GatewayOptions Good() => new() { OperatorTokenFile = _file };
}
