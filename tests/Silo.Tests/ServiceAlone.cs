using Coordinator.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Silo.Tests;

/// <summary>The real service in this process, on loopback, with nobody outside: what it asks for is refused at once.</summary>
internal sealed class ServiceAlone : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-alone-").FullName;
    private WebApplication? _app;
    private IAsyncDisposable? _stores;

    public GatewayAddresses Addresses => _app!.Services.GetRequiredService<GatewayAddresses>();

    public IServiceProvider Services => _app!.Services;

    /// <param name="change">Changes the options before the start.</param>
    public static async Task<ServiceAlone> StartAsync(Action<SiloOptions>? change = null)
    {
        var service = new ServiceAlone();
        var options = service.Options();
        change?.Invoke(options);
        var (app, stores) = await SiloHost.BuildAsync(options, TimeProvider.System);
        (service._app, service._stores) = (app, stores);
        await app.StartAsync();
        return service;
    }

    public string Write(string name, string text, bool isSecret = true)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, isSecret ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private SiloOptions Options()
    {
        var options = new SiloOptions();
        options.Data.Directory = Path.Combine(_folder, "data");
        options.Gateway.OperatorTokenFile = Write("operator.token", "0123456789abcdef0123456789abcdef");
        (options.Gateway.PublicPort, options.Gateway.OperatorPort, options.Gateway.MetricsPort) = (0, 0, 0);
        options.Chain.Address = new Uri("http://127.0.0.1:9");
        options.Oracle.Address = new Uri("http://127.0.0.1:9");
        options.Lightning.Address = new Uri("https://127.0.0.1:9");
        options.Lightning.MacaroonPath = Write("coordinator.macaroon", "none");
        options.Competitions.Signing = "local";
        return options;
    }
}
