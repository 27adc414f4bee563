using System.CommandLine;
using Coordinator.Cli;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

var clock = TimeProvider.System;
var root = new RootCommand("Coordinator of ticketed DLC competitions")
{
    UpCommand.Create(clock), DemoCommand.Create(clock), DlcCommand.Create(), BenchCommand.Create(clock), FuzzCommand.Create(clock),
    SoakCommand.Create(clock),
    HoldsCommand.Create(), SettleOnlyCommand.Create(), WalletCommand.Create(), ConfigCommand.Create(),
};

try
{
    // The first argument of bench dlc may look like an option of ours: what follows is its own.
    return args is ["bench", "dlc", ..]
        ? DlcBench.Run(args[2..])
        : await root.Parse(args).InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(40),
        });
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
