using System.CommandLine;
using Coordinator.Cli;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;
using Coordinator.Cli.Synth;

const int AskedWrongly = 2;
var clock = TimeProvider.System;
var root = new RootCommand("Coordinator of ticketed DLC competitions")
{
    UpCommand.Create(clock), DemoCommand.Create(clock), DlcCommand.Create(), BenchCommand.Create(clock), FuzzCommand.Create(clock),
    SoakCommand.Create(clock),
    CompetitionsCommand.Create(clock), OwedCommand.Create(clock), HoldsCommand.Create(clock), SettleOnlyCommand.Create(), WalletCommand.Create(), ConfigCommand.Create(),
    ServicesCommand.Services(clock), ServicesCommand.Problems(), GrainsCommand.Create(clock), SynthCommand.Create(clock),
};

try
{
    // The first argument of bench dlc may look like an option of ours: what follows is its own.
    if (args is ["bench", "dlc", ..])
    {
        return DlcBench.Run(args[2..]);
    }

    var parsed = root.Parse(args);
    var code = await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(40),
    });
    return parsed.Errors.Count > 0 && code != 0 ? AskedWrongly : code;
}
catch (CommandFailedException failure)
{
    Console.Error.WriteLine(failure.Message);
    return failure.ExitCode;
}
catch (OperationCanceledException)
{
    return 130;
}
