using System.Net;
using System.Text.RegularExpressions;
using Coordinator.Gateway.Tests.World;

namespace Coordinator.Web.Tests.World;

/// <summary>A page as it came.</summary>
internal sealed record Seen(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The token in its forms.</summary>
    public string Token => Regex.Match(Body, """name="csrf" value="([0-9a-f]{64})" """.Trim(), RegexOptions.NonBacktracking) is { Success: true } match ? match.Groups[1].Value : string.Empty;

    /// <summary>The name of the refusal that it shows, or null.</summary>
    public string? Refusal => Regex.Match(Body, "data-refusal=\"([a-z_]+)\"", RegexOptions.NonBacktracking) is { Success: true } match ? match.Groups[1].Value : null;

    public string Location => Headers.GetValueOrDefault("Location") ?? string.Empty;

    public Seen AssertRefused(int status, string code)
    {
        Assert.Equal((status, code), (Status, Refusal));
        return this;
    }
}

/// <summary>A browser without script: keeps cookies, follows nothing by itself.</summary>
internal sealed class Visitor : IDisposable
{
    public const string SignIn = "/admin/sign-in";

    private readonly HttpClient _client;
    private readonly Uri _root;

    public Visitor(GatewayWorld world, Uri? root = null)
    {
        _root = root ?? world.Addresses.Operator;
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, UseProxy = false });
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The form token of the session; empty before it is signed in.</summary>
    public string Token { get; private set; } = string.Empty;

    /// <summary>A visitor who is signed in.</summary>
    public static async Task<Visitor> SignedInAsync(GatewayWorld world)
    {
        var visitor = new Visitor(world);
        var answer = await visitor.SignInAsync(GatewayWorld.Token);
        Assert.Equal((303, "/admin/competitions"), (answer.Status, answer.Location));
        visitor.Token = (await visitor.GetAsync("/admin/holds")).Token;
        Assert.NotEmpty(visitor.Token);
        world.Grains.Calls.Clear();
        return visitor;
    }

    public async Task<Seen> SignInAsync(string token)
    {
        var form = await GetAsync(SignIn);
        return await SendAsync(Post(SignIn, [("csrf", form.Token), ("token", token)]));
    }

    public Task<Seen> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(Request(HttpMethod.Get, path, headers));

    /// <summary>Sends a form with the session's token.</summary>
    public Task<Seen> PostAsync(string path, params (string Name, string Value)[] fields) => SendAsync(Post(path, [("csrf", Token), .. fields]));

    /// <summary>A form just with these fields.</summary>
    public HttpRequestMessage Post(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        var request = Request(HttpMethod.Post, path, headers);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return request;
    }

    public HttpRequestMessage Request(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(_root, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async Task<Seen> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await _client.SendAsync(request);
            var headers = answer.Headers.Concat(answer.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join("\n", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Seen((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), headers);
        }
    }

    public void Dispose() => _client.Dispose();
}
