using System.CommandLine;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli;

/// <summary><c>up</c>: the service with every simulator on loopback, until Ctrl-C.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public static Command Create(TimeProvider clock)
    {
        var data = new Option<string?>("--data") { Description = "where state is kept; default .data/up in the current folder" };
        var ports = new Option<string>("--ports") { Description = "auto takes free ports; otherwise 9990, 9991 and 9992", DefaultValueFactory = _ => "standard" };
        var json = new Option<bool>("--json") { Description = "says that it is ready as one JSON object" };
        var signing = new Option<SigningChoice>("--signing") { Description = "how contracts are signed", DefaultValueFactory = _ => SigningChoice.Keymeld };
        var (chain, database) = (DemoCommand.Chain(), DemoCommand.Database());
        var command = new Command("up", "starts the service with every simulator on loopback; Ctrl-C stops it") { data, ports, json, signing, chain, database };
        command.SetAction((parsed, cancellation) => parsed.GetValue(ports) is not ("auto" or "standard")
            ? RefuseAsync("--ports takes auto or standard")
            : RunAsync(
                parsed.GetValue(data) ?? Path.Combine(".data", "up"), parsed.GetValue(ports) == "auto" ? ServicePorts.Free : ServicePorts.Standard,
                parsed.GetValue(json),
                new LocalWorldOptions(Seed: 1, IsHurried: false, parsed.GetValue(signing), Chain: parsed.GetValue(chain)) { ConnectionStringFile = parsed.GetValue(database) },
                clock,
                cancellation));
        return command;
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 2;
    }

    private static async Task<int> RunAsync(string data, ServicePorts ports, bool json, LocalWorldOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        using var folder = DataFolder.Open(data);
        try
        {
            var world = await LocalWorld.StartAsync(folder, ports, options, clock, cancellation);
            await using (world)
            {
                Announce(world, folder, json);
                while (world is { ServiceRuns: true, SimulatorsRun: true })
                {
                    await Task.Delay(Look, clock, cancellation);
                }

                await Task.Delay(Look, clock, cancellation); // Ctrl-C reaches every process at once: they may end before this one hears of it
                throw new CommandFailedException(world.ServiceRuns
                    ? options.Chain == ChainChoice.Sim ? "the simulators ended by themselves" : "the simulators or the Bitcoin node ended by themselves"
                    : $"the service ended by itself:\n{world.ServiceWords()}");
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static void Announce(LocalWorld world, DataFolder folder, bool json)
    {
        if (json)
        {
            var simulators = new JsonObject();
            foreach (var (name, address) in world.Simulators)
            {
                simulators[name] = address;
            }

            Console.Out.WriteLine(new JsonObject
            {
                ["event"] = "ready",
                ["public"] = world.Addresses.Public.ToString(),
                ["operator"] = world.Addresses.Operator.ToString(),
                ["metrics"] = world.Addresses.Metrics.ToString(),
                ["operator_token_file"] = folder.TokenFile,
                ["simulators"] = simulators,
            }.ToJsonString());
        }
        else
        {
            Console.Out.WriteLine($"players    {world.Addresses.Public}");
            Console.Out.WriteLine($"operators  {world.Addresses.Operator}  (token in {folder.TokenFile})");
            Console.Out.WriteLine($"metrics    {world.Addresses.Metrics}metrics");
            foreach (var (name, address) in world.Simulators)
            {
                Console.Out.WriteLine($"simulator  {name}: {address}");
            }

            Console.Out.WriteLine($"state is in {folder.Root}; Ctrl-C stops");
        }

        Console.Out.Flush();
    }
}
