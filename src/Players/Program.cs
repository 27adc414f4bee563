using System.Runtime.InteropServices;
using Coordinator.Players;

// Plays demo players against a coordinator; see PlayersOptions for the arguments. One JSON object per line on standard output.
// Stops at SIGINT, SIGTERM, or when its standard input ends.
var (options, complaint) = PlayersOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine($"players: {complaint}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
_ = WatchInputAsync();
return await PlayersHost.RunAsync(options, Console.Out, Console.Error, TimeProvider.System, stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

// Reading the console blocks, so it has a thread of its own.
async Task WatchInputAsync()
{
    await Task.Run(Console.In.ReadToEnd);
    await stop.CancelAsync();
}
