using System.Data.Common;
using System.Text.Json;
using Coordinator.Gateway;
using Coordinator.Storage;
using Coordinator.Wallet;

namespace Coordinator.Silo;

/// <summary>
/// The service's program: <c>[--config FILE] [--data DIR] [--stop-with-input]</c>. Prints one JSON line on standard output when it listens; logs
/// go to standard error. With the last argument it also stops when its standard input ends: whoever started it is gone.
/// </summary>
public static class SiloProgram
{
    /// <summary>Runs until it is stopped.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Composes the service: <see cref="SiloHost.Build(SiloOptions, TimeProvider)"/>, or the same over storage of the caller's.</param>
    /// <returns>0; 2 where it cannot start, with one sentence on standard error.</returns>
    public static async Task<int> RunAsync(string[] args, Func<SiloOptions, (WebApplication App, IOpenedStorage? Stores)> build)
    {
        var stopWithInput = args is [.., "--stop-with-input"];
        var (file, overrides, complaint) = ReadArguments(stopWithInput ? args[..^1] : args);
        if (complaint is not null)
        {
            return await RefuseAsync(complaint);
        }

        try
        {
            var (app, stores) = build(SiloConfiguration.Read(file, overrides));
            await using (stores)
            await using (app)
            {
                await ServeAsync(app, stopWithInput);
            }

            return 0;
        }
        catch (Exception failure) when (failure is SiloConfigurationException or GatewayConfigurationException or StorageException or KeyFileException or DllNotFoundException)
        {
            return await RefuseAsync(failure.Message);
        }
        catch (OperationCanceledException)
        {
            return await RefuseAsync("the service was stopped before it was ready");
        }
        catch (Exception failure) when (failure is OrleansException or DbException)
        {
            return await RefuseAsync($"the service cannot start: {failure.Message}");
        }
        catch (IOException failure)
        {
            return await RefuseAsync($"the service cannot listen: {failure.Message}");
        }
    }

    private static async Task ServeAsync(WebApplication app, bool stopWithInput)
    {
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["event"] = "ready",
            ["public"] = addresses.Public.ToString(),
            ["operator"] = addresses.Operator.ToString(),
            ["metrics"] = addresses.Metrics.ToString(),
        }));
        await Console.Out.FlushAsync();
        if (stopWithInput)
        {
            _ = Task.Run(() =>
            {
                _ = Console.In.ReadToEnd();
                app.Lifetime.StopApplication();
            });
        }

        await app.WaitForShutdownAsync();
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 2;
    }

    private static (string? File, Dictionary<string, string?> Overrides, string? Complaint) ReadArguments(string[] args)
    {
        string? file = null;
        var overrides = new Dictionary<string, string?>();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 >= args.Length || args[i] is not ("--config" or "--data"))
            {
                return (null, overrides, $"unknown argument '{args[i]}': use --config FILE, --data DIR and, last, --stop-with-input");
            }

            if (args[i] == "--config")
            {
                file = args[i + 1];
            }
            else
            {
                overrides["Data:Directory"] = args[i + 1];
            }
        }

        return (file, overrides, null);
    }
}
