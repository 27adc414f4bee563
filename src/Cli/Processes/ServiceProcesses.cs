using System.Globalization;
using System.Text.Json;

namespace Coordinator.Cli.Processes;

/// <summary>The service's process and, where one is asked for, another that stands by: what a cluster's supervisor does for them, on one machine. Not for
/// several callers at once, except for <see cref="Kill"/>.</summary>
/// <param name="start">Starts one over a data folder; the name is its log's.</param>
/// <param name="folder">The data folder of the first.</param>
/// <param name="nextFolder">The data folder of one that stands by, by its name.</param>
/// <param name="standsBy">Whether another is to stand by while one runs.</param>
internal sealed class ServiceProcesses(Func<string, string, ChildProcess> start, string folder, Func<string, string> nextFolder, bool standsBy)
{
    private const int MostStarts = 5;

    /// <summary>What a process ends with that cannot start: one that took over while the former was still closing its listeners, say.</summary>
    private const int CannotStart = 2;

    /// <summary>What a process ends with whose storage was lost while it ran: another one is active.</summary>
    private const int StorageLost = 3;

    private volatile ChildProcess? _active;
    private ChildProcess? _standBy;
    private int _standBys;
    private bool _wasReady;

    /// <summary>False while it is not started, was stopped, or has ended by itself.</summary>
    public bool Runs => _active is { HasExited: false };

    /// <summary>The active process; 0 while there is none.</summary>
    public int Id => _active is { HasExited: false } active ? active.Id : 0;

    /// <summary>The last lines of its log.</summary>
    public string LastWords() => _active?.LastWords() ?? string.Empty;

    /// <summary>kill −9. Safe at any time.</summary>
    public void Kill() => _active?.KillNow();

    /// <summary>Waits until one is ready: who stands by where somebody does, else a new one. The service works before it listens, so it may be killed or lose its
    /// storage while it starts: then the next is tried, a few times.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="CommandFailedException">It cannot start; with its own words.</exception>
    public async Task<JsonElement> StartAsync(CancellationToken cancellation)
    {
        for (var left = MostStarts; ; left--)
        {
            var next = await NextAsync();
            try
            {
                var ready = await next.ReadyAsync(cancellation);
                _wasReady = true;
                return ready;
            }
            catch (CommandFailedException) when (left > 1 && MayTryAnother(next))
            {
                // What it said is in its log.
            }
        }
    }

    /// <summary>Has another stand by, where that is asked for and none does.</summary>
    public async Task StandByAsync()
    {
        if (standsBy && _standBy is not { HasExited: false })
        {
            await LeaveStandByAsync();
            var name = string.Create(CultureInfo.InvariantCulture, $"service-{++_standBys}");
            _standBy = start(nextFolder(name), name);
        }
    }

    /// <summary>Stops as Ctrl-C does; whoever stands by first, so that nobody takes over. Safe to repeat.</summary>
    public async Task StopAsync()
    {
        await LeaveStandByAsync();
        await LeaveActiveAsync();
    }

    private async Task<ChildProcess> NextAsync()
    {
        await LeaveActiveAsync();
        if (_standBy is { HasExited: false } waiting)
        {
            (_active, _standBy) = (waiting, null);
            return waiting;
        }

        await LeaveStandByAsync();
        return _active = start(folder, "service");
    }

    private bool MayTryAnother(ChildProcess process)
        => process.WasKilled || (process.HasExited && (process.ExitCode == StorageLost || (standsBy && _wasReady && process.ExitCode == CannotStart)));

    private async Task LeaveActiveAsync()
    {
        var left = _active;
        _active = null;
        await (left?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task LeaveStandByAsync()
    {
        var left = _standBy;
        _standBy = null;
        await (left?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
