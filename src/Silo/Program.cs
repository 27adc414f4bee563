using Coordinator.Silo;

// Starts the service; its arguments are SiloProgram's.
return await SiloProgram.RunAsync(args, options => SiloHost.Build(options, TimeProvider.System));
