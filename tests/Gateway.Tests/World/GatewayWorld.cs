using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Nostr;
using Coordinator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coordinator.Gateway.Tests.World;

/// <summary>A real gateway on loopback before hand-made grains.</summary>
public sealed class GatewayWorld : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef0123456789abcdef";
    public static readonly SecretKey Alice = SecretKey.From(Hex.Decode(new string('1', 64)));
    public static readonly string AliceKey = Alice.XOnly.ToHex();

    private readonly WebApplication _app;
    private readonly string _tokenFile;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private GatewayWorld(WebApplication app, string tokenFile, FakeGrains grains, ManualTimeProvider time, LogLines log)
        => (_app, _tokenFile, Grains, Time, Log) = (app, tokenFile, grains, time, log);

    public FakeGrains Grains { get; }

    public ManualTimeProvider Time { get; }

    public LogLines Log { get; }

    public GatewayAddresses Addresses => _app.Services.GetRequiredService<GatewayAddresses>();

    public static async Task<GatewayWorld> StartAsync(
        Action<GatewayOptions>? change = null, IHealthReport? health = null, IGrainReport? grains = null,
        Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder>? alsoOperator = null)
    {
        var tokenFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokenFile, Token + "\n");
        var options = new GatewayOptions { PublicPort = 0, OperatorPort = 0, MetricsPort = 0, OperatorTokenFile = tokenFile };
        (options.Limits.AddressBurst, options.Limits.UserBurst, options.Limits.AuthenticationBurst) = (100_000, 100_000, 100_000);
        change?.Invoke(options);
        var (fakes, time, log) = (new FakeGrains(), new ManualTimeProvider(), new LogLines());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(fakes.Factory);
        if (health is not null)
        {
            builder.Services.AddSingleton(health);
        }

        if (grains is not null)
        {
            builder.Services.AddSingleton(grains);
        }

        builder.AddGateway(options);
        var app = builder.Build();
        app.MapGateway(alsoOperator: alsoOperator);
        await app.StartAsync();
        return new(app, tokenFile, fakes, time, log);
    }

    /// <summary>A request to the public listener, signed by Alice for what it is.</summary>
    public HttpRequestMessage Signed(string method, string path, byte[]? body = null, SecretKey? key = null)
    {
        var url = new Uri(Addresses.Public, path).AbsoluteUri;
        var request = Unsigned(method, path, body);
        Authorize(request, Nip98Header.Create(key ?? Alice, url, method, body ?? [], Time.GetUtcNow()));
        return request;
    }

    public HttpRequestMessage Signed(string method, string path, string body) => Signed(method, path, Encoding.UTF8.GetBytes(body));

    public HttpRequestMessage Unsigned(string method, string path, byte[]? body = null)
        => Request(Addresses.Public, method, path, body);

    public HttpRequestMessage Operator(string method, string path, string? body = null, string? token = Token)
    {
        var request = Request(Addresses.Operator, method, path, body is null ? null : Encoding.UTF8.GetBytes(body));
        if (token is not null)
        {
            Authorize(request, $"Bearer {token}");
        }

        return request;
    }

    public static void Authorize(HttpRequestMessage request, string header)
        => request.Headers.TryAddWithoutValidation("Authorization", header);

    public static HttpRequestMessage Request(Uri listener, string method, string path, byte[]? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(listener, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    public async Task<Received> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request);
            var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Received((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        File.Delete(_tokenFile);
    }
}

/// <summary>An answer, read to its end.</summary>
public sealed record Received(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Asserts a problem body of this status and code, with its old <c>error</c> member; gives it back.</summary>
    public JsonElement AssertProblem(int status, string code)
    {
        Assert.True(status == Status, $"expected {status} {code}, got {Status}: {Body}");
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        var body = JsonDocument.Parse(Body).RootElement;
        Assert.Equal($"urn:coordinator:error:{code}", body.GetProperty("type").GetString());
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        Assert.NotEmpty(body.GetProperty("title").GetString()!);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
        var error = body.GetProperty("error");
        if (error.ValueKind != JsonValueKind.String)
        {
            Assert.Equal(code, error.GetProperty("type").GetString());
            Assert.Equal(body.GetProperty("detail").GetString(), error.GetProperty("detail").GetString());
        }

        return body;
    }
}
