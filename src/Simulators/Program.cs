using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Simulators;

// Starts chain, Lightning, oracle and Keymeld: --data DIR [--seed N] [--stop-with-input]. Prints one JSON line on standard output when all listen;
// stops at SIGINT or SIGTERM, and with the last argument also when its standard input ends.
var (folder, seed, stopWithInput) = (string.Empty, 0UL, false);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--stop-with-input")
    {
        stopWithInput = true;
    }
    else if (args[i] == "--data" && i + 1 < args.Length)
    {
        folder = args[++i];
    }
    else if (args[i] == "--seed" && i + 1 < args.Length && ulong.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out seed))
    {
        i++;
    }
    else
    {
        Console.Error.WriteLine($"unknown argument '{args[i]}': use --data DIR, --seed N, --stop-with-input");
        return 2;
    }
}

if (folder.Length == 0)
{
    Console.Error.WriteLine("--data DIR is missing");
    return 2;
}

try
{
    var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await using var host = await SimulatorsHost.StartAsync(folder, seed, TimeProvider.System);
    var ready = new JsonObject { ["event"] = "ready" };
    foreach (var (name, address) in host.Addresses)
    {
        ready[name] = address;
    }

    Console.Out.WriteLine(ready.ToJsonString());
    await Console.Out.FlushAsync();
    if (stopWithInput)
    {
        _ = WaitForEndAsync();
    }

    await stop.Task;
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.TrySetResult();
    }

    // Reading the console blocks, so it has a thread of its own.
    async Task WaitForEndAsync()
    {
        await Task.Run(Console.In.ReadToEnd);
        stop.TrySetResult();
    }
}
catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
{
    Console.Error.WriteLine($"the simulators cannot start: {failure.Message}");
    return 2;
}
