using Coordinator.Silo;

// Starts the service, with SiloProgram's arguments; or asks one that runs, or only looks at a configuration or a data folder.
return args switch
{
    ["health", .. var rest] => await HealthProbe.RunAsync(rest),
    ["config", .. var rest] => await ConfigCommand.RunAsync(rest, Console.Out, Console.Error),
    ["data", .. var rest] => await DataCommand.RunAsync(rest, Console.Out, Console.Error),
    _ => await SiloProgram.RunAsync(args, (options, cancellation) => SiloHost.BuildAsync(options, TimeProvider.System, cancellation)),
};
