using System.Text.Json;
using Coordinator.Gateway;
using Coordinator.Silo;
using Coordinator.Storage.Sqlite;
using Coordinator.Wallet;

// Starts the service: [--config FILE] [--data DIR] [--stop-with-input]. Prints one JSON line on standard output when it listens; logs go to
// standard error. With the last argument it also stops when its standard input ends: whoever started it is gone.
var stopWithInput = args is [.., "--stop-with-input"];
var (file, overrides, complaint) = ReadArguments(stopWithInput ? args[..^1] : args);
if (complaint is not null)
{
    Console.Error.WriteLine(complaint);
    return 2;
}

try
{
    var (app, stores) = SiloHost.Build(SiloConfiguration.Read(file, overrides), TimeProvider.System);
    await using (stores)
    await using (app)
    {
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        Console.Out.WriteLine(JsonSerializer.Serialize(new Dictionary<string, string>
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

    return 0;
}
catch (Exception failure) when (failure is SiloConfigurationException or GatewayConfigurationException or StorageException or KeyFileException or DllNotFoundException)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}
catch (IOException failure)
{
    Console.Error.WriteLine($"the service cannot listen: {failure.Message}");
    return 2;
}

static (string? File, Dictionary<string, string?> Overrides, string? Complaint) ReadArguments(string[] args)
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
