using System.Globalization;

namespace Coordinator.CrashHost;

/// <summary>
/// A folder, named by the environment variable <c>CRASH_PLAN</c>. <c>plan</c> has one line for each life of the service: the number of the
/// write after which that life ends, from 1. <c>lives</c> gets one line from each life: <c>killed N OPERATION</c>, or <c>ended N</c> where it
/// was stopped after N writes. A life beyond the plan is not killed.
/// </summary>
internal sealed class CrashPlan
{
    private readonly string _lives;

    private CrashPlan(string folder)
    {
        _lives = Path.Combine(folder, "lives");
        var plan = File.ReadAllLines(Path.Combine(folder, "plan"));
        var life = File.Exists(_lives) ? File.ReadAllLines(_lives).Length : 0;
        DeadlyWrite = life < plan.Length ? int.Parse(plan[life], NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The write after which this life ends; null: none.</summary>
    public int? DeadlyWrite { get; }

    public static CrashPlan Read()
        => new(Environment.GetEnvironmentVariable("CRASH_PLAN") ?? throw new InvalidOperationException("CRASH_PLAN names no folder with a plan"));

    /// <summary>Appends one line to <c>lives</c>.</summary>
    public void Report(string line) => File.AppendAllText(_lives, line + "\n");
}
