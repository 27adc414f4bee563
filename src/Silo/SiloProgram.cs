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
    /// <summary>The exit code of a process whose storage was lost while it ran.</summary>
    public const int StorageLost = 3;

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Composes the service: <see cref="SiloHost.BuildAsync"/>, or the same over storage of the caller's. It may take for ever, and ends when
    /// its token is cancelled.</param>
    /// <returns>0; 2 where it cannot start, with one sentence on standard error; 3 where its storage was lost while it ran: another process is active, or
    /// the database is another one.</returns>
    public static async Task<int> RunAsync(string[] args, Func<SiloOptions, CancellationToken, Task<(WebApplication App, IOpenedStorage? Stores)>> build)
    {
        var stopWithInput = args is [.., "--stop-with-input"];
        var (file, overrides, complaint) = ReadArguments(stopWithInput ? args[..^1] : args);
        if (complaint is not null)
        {
            return await RefuseAsync(complaint);
        }

        IOpenedStorage? stores = null;
        try
        {
            using var signals = new StopSignals(stopWithInput);
            var options = SiloConfiguration.Read(file, overrides);
            var (app, opened) = await BuildAsync(build, options, signals.Token);
            if (app is null)
            {
                return 0; // it was standing by
            }

            await using (stores = opened)
            await using (app)
            {
                await ServeAsync(app, signals.Token);
            }

            return IsLost(stores) ? StorageLost : 0;
        }
        catch (Exception failure) when (IsLost(stores))
        {
            await Console.Error.WriteLineAsync($"{(await stores!.Lost).Message} ({failure.GetType().Name})");
            return StorageLost;
        }
        catch (Exception failure) when (Refusal(failure) is { } why)
        {
            return await RefuseAsync(why);
        }
    }

    private static bool IsLost(IOpenedStorage? stores) => stores is { Lost.IsCompletedSuccessfully: true };

    /// <summary>What is said of a start that did not succeed; null for what nobody expected.</summary>
    private static string? Refusal(Exception failure) => failure switch
    {
        SiloConfigurationException or GatewayConfigurationException or StorageException or KeyFileException or DllNotFoundException => failure.Message,
        OperationCanceledException => "the service was stopped before it was ready",
        OrleansException or DbException => $"the service cannot start: {failure.Message}",
        IOException => $"the service cannot listen: {failure.Message}",
        _ => null,
    };

    private static async Task<(WebApplication? App, IOpenedStorage? Stores)> BuildAsync(
        Func<SiloOptions, CancellationToken, Task<(WebApplication App, IOpenedStorage? Stores)>> build, SiloOptions options, CancellationToken stopping)
    {
        try
        {
            return await build(options, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    private static async Task ServeAsync(WebApplication app, CancellationToken stopping)
    {
        using var stop = stopping.Register(app.Lifetime.StopApplication);
        await app.StartAsync(CancellationToken.None); // a stop while it starts reaches it all the same
        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["event"] = "ready",
            ["public"] = addresses.Public.ToString(),
            ["operator"] = addresses.Operator.ToString(),
            ["metrics"] = addresses.Metrics.ToString(),
        }));
        await Console.Out.FlushAsync(CancellationToken.None);
        await app.WaitForShutdownAsync(CancellationToken.None);
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
