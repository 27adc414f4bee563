using Coordinator.CrashHost;
using Coordinator.Silo;

// The service as it is, over a storage that ends this process (SIGKILL) right after one of its writes; see CrashPlan.
var plan = CrashPlan.Read();
var gate = new DeadlyGate(plan.DeadlyWrite, plan.Report);
var exitCode = await SiloProgram.RunAsync(args, async (options, cancellation) =>
{
    var stores = await SiloHost.OpenAsync(options, TimeProvider.System, cancellation: cancellation);
    try
    {
        return (SiloHost.Build(options, stores.Ports.Behind(gate), TimeProvider.System, stores), stores);
    }
    catch
    {
        await stores.DisposeAsync();
        throw;
    }
});
plan.Report($"ended {gate.Writes}");
return exitCode;
