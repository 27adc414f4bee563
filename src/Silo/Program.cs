using Coordinator.Silo;

// Starts the service; its arguments are SiloProgram's. With `health` first it asks a service that runs.
return args is ["health", .. var rest]
    ? await HealthProbe.RunAsync(rest)
    : await SiloProgram.RunAsync(args, options => SiloHost.Build(options, TimeProvider.System));
