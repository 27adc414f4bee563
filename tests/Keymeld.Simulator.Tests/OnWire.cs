using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordinator.Keymeld.Wire;
using Coordinator.Simulators.Keymeld;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>What came back.</summary>
internal sealed record WireAnswer(int Status, string Text, string? ContentType)
{
    internal T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Text, type)!;

    /// <summary>The message of a JSON error, whose code is the status.</summary>
    internal string Error()
    {
        Assert.Equal("application/json", ContentType);
        var error = Read(KeymeldJson.Default.ErrorAnswer);
        Assert.Equal(Status, error.Error.Code);
        Assert.True(DateTimeOffset.TryParse(error.Timestamp, System.Globalization.CultureInfo.InvariantCulture, out _));
        return $"{error.Error.Type}: {error.Error.Message}";
    }
}

/// <summary>A simulator on the wire, a client for it, and raw requests.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "The owner of the client is this fixture.")]
internal sealed class OnWire : IAsyncDisposable
{
    private readonly HttpClient _http;

    private OnWire(KeymeldSimulator simulator, HttpClient http)
    {
        (Simulator, _http) = (simulator, http);
        Gateway = new HttpKeymeldGateway(
            http, new KeymeldOptions { BaseAddress = simulator.Address, ReadAttempts = 1, Timeout = TimeSpan.FromSeconds(10) },
            TimeProvider.System);
    }

    internal KeymeldSimulator Simulator { get; }

    internal HttpKeymeldGateway Gateway { get; }

    internal KeymeldModel Model => Simulator.Model;

    internal static async Task<OnWire> StartAsync(KeymeldBehaviour? behaviour = null, string? folder = null)
    {
        var options = new KeymeldModelOptions { Tick = TimeSpan.FromMilliseconds(2) };
        var simulator = new KeymeldSimulator(
            new KeymeldSimulatorOptions { Behaviour = behaviour, Folder = folder, Model = options }, TimeProvider.System);
        await simulator.StartAsync();
        return new(simulator, new HttpClient(new SocketsHttpHandler()));
    }

    /// <summary>A little time.</summary>
    internal static Task WaitAsync() => Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System, CancellationToken.None);

    /// <summary>Everything that is kept, as text.</summary>
    internal string Dump() => Encoding.UTF8.GetString(Model.Export().ToJson());

    internal Task<WireAnswer> GetAsync(string path, string? sessionHeader = null, string? userHeader = null)
        => SendAsync(HttpMethod.Get, path, sessionHeader, userHeader, null);

    internal Task<WireAnswer> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, string? sessionHeader = null)
        => SendAsync(HttpMethod.Post, path, sessionHeader, null, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <param name="path">Without <c>/api/v1</c>, or a control route.</param>
    internal async Task<WireAnswer> SendAsync(
        HttpMethod method, string path, string? sessionHeader, string? userHeader, byte[]? body, string? contentType = "application/json",
        bool packed = false, bool takesPacked = false)
    {
        var prefix = path.StartsWith("/control", StringComparison.Ordinal) ? "" : "/api/v1";
        using var request = new HttpRequestMessage(method, new Uri(Simulator.Address, prefix + path));
        AddHeader(request, SessionHeader.Name, sessionHeader);
        AddHeader(request, ParticipantAuth.HeaderName, userHeader);
        AddHeader(request, "Accept-Encoding", takesPacked ? "gzip" : null);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(packed ? Pack(body) : body);
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
            if (packed)
            {
                request.Content.Headers.ContentEncoding.Add("gzip");
            }
        }

        using var response = await _http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var text = response.Content.Headers.ContentEncoding.Contains("gzip") ? Unpack(bytes) : Encoding.UTF8.GetString(bytes);
        return new((int)response.StatusCode, text, response.Content.Headers.ContentType?.MediaType);
    }

    internal async Task ControlAsync(string path, string json, HttpMethod? method = null)
    {
        var answer = await SendAsync(method ?? HttpMethod.Post, "/control" + path, null, null, Encoding.UTF8.GetBytes(json));
        Assert.Equal(200, answer.Status);
    }

    internal static byte[] Pack(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return buffer.ToArray();
    }

    private static string Unpack(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static void AddHeader(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Simulator.DisposeAsync();
    }
}
