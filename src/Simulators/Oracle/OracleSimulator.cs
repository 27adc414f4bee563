using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordinator.Simulators.Oracle;

/// <summary>How a simulator runs.</summary>
public sealed record OracleSimulatorOptions
{
    /// <summary>On 127.0.0.1; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Keeps everything here after every change and goes on from it; null: keeps nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>The oracle's key is the SHA-256 of this text; null: a random one. A kept key wins.</summary>
    public string? KeySeed { get; init; }

    /// <summary>Makes the weather of stations that nobody scripted.</summary>
    public ulong WeatherSeed { get; init; }

    /// <summary>The rules of later versions besides those of v1.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>How often events are scored and attested without being asked; null: only when asked.</summary>
    public TimeSpan? UpdateEvery { get; init; }
}

/// <summary>A weather oracle as a real server on loopback. Weather, clock and faults are set by code or over the control routes.</summary>
public sealed class OracleSimulator : IAsyncDisposable
{
    private readonly OracleSimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _saving = new();
    private WebApplication? _server;
    private ITimer? _updates;

    /// <exception cref="InvalidDataException">The folder holds something else.</exception>
    public OracleSimulator(OracleSimulatorOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        Model = new(Load(options), options.WeatherSeed, options.Strict);
        Clock = new(time, Model);
        Save();
        Model.Changed += Save;
    }

    /// <summary>The oracle itself; change it directly or through the control routes.</summary>
    public OracleModel Model { get; }

    /// <summary>The oracle's clock.</summary>
    public OracleClock Clock { get; }

    /// <summary>What goes wrong with requests.</summary>
    public OracleFaults Faults { get; } = new();

    /// <summary>What a client takes as the oracle's base address.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public Uri Address => _server is { } server ? new Uri(server.Urls.First())
        : throw new InvalidOperationException("the simulator is not started");

    /// <summary>Base of the control routes.</summary>
    public Uri ControlAddress => new(Address, "/control/");

    /// <summary>One scoring and signing pass now.</summary>
    public void Update() => Model.Update(Clock.Now);

    /// <summary>Moves the oracle's clock past the event's signing date, where it is not yet, and makes one pass.</summary>
    /// <exception cref="OracleRefusedException">404.</exception>
    public void SignNow(Guid eventId)
    {
        var due = Model.GetEvent(eventId, Clock.Now).SigningDate.AddSeconds(1);
        if (Clock.Now < due)
        {
            Clock.Set(due);
        }

        Update();
    }

    /// <summary>Starts to listen. Once for each instance.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        var server = builder.Build();
        server.UseRouting();
        server.Use(new FaultMiddleware(Faults, _time).InvokeAsync);
        new OracleRoutes(this, new Authentication(() => Address, _time)).Map(server);
        new OracleControl(this).Map(server.MapGroup("/control"));
        await server.StartAsync(cancellation);
        _server = server;
        _updates = _options.UpdateEvery is { } every ? _time.CreateTimer(_ => Update(), null, every, every) : null;
    }

    /// <summary>Stops to listen; what is kept stays in the folder.</summary>
    public async Task StopAsync()
    {
        if (_updates is not null)
        {
            await _updates.DisposeAsync();
        }

        if (_server is { } server)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            await server.StopAsync(patience.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Model.Changed -= Save;
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private static OracleDocument Load(OracleSimulatorOptions options)
    {
        if (options.Folder is { } folder && File.Exists(PathIn(folder)))
        {
            return OracleDocument.FromJson(File.ReadAllBytes(PathIn(folder)));
        }

        using var key = options.KeySeed is { } seed ? SecretKey.From(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) : SecretKey.Generate();
        return new OracleDocument { Key = Hex.Encode(key.ToBytes()) };
    }

    private static string PathIn(string folder) => Path.Combine(folder, "oracle.json");

    /// <summary>Replaces the document as a whole, so that a kill leaves the old or the new one; readable by its owner only.</summary>
    private void Save()
    {
        if (_options.Folder is not { } folder)
        {
            return;
        }

        lock (_saving)
        {
            Directory.CreateDirectory(folder);
            var temporary = PathIn(folder) + ".new";
            var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(temporary, mode))
            {
                file.Write(Model.Export().ToJson());
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, PathIn(folder), overwrite: true);
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.Listen(IPAddress.Loopback, _options.Port);
        kestrel.Limits.MaxRequestBodySize = Authentication.MaximumBodyBytes;
        kestrel.AddServerHeader = false;
    }
}
