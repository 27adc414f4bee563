using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Simulation;

/// <summary>Everything that goes on in one world at once, and its end within a bounded time.</summary>
internal sealed class SimPlay : IDisposable
{
    /// <summary>After faults and contracts have ended: time for every lock to open and every operator to make up their mind.</summary>
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromDays(6);

    private readonly SimWorld _world;
    private readonly ImmutableArray<SimCompetition> _competitions;
    private bool _ended;

    public SimPlay(SimWorld world)
    {
        _world = world;
        _competitions = [.. world.Plan.Competitions.Select(plan => new SimCompetition(world, plan))];
    }

    public void Run()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_world.Loop);
        try
        {
            var end = EverythingAsync();
            _world.Loop.RunUntil(end);
            _world.Lightning.CheckInvariants();
            _world.Auditor.End();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Adds what the world came to.</summary>
    public void Count()
    {
        foreach (var competition in _competitions)
        {
            _world.Counts.Add("end", competition.End);
        }

        foreach (var (rule, seen) in _world.Auditor.Seen)
        {
            _world.Counts.Add("checked", rule, seen);
        }

        foreach (var document in _world.Documents)
        {
            WaysOut.Count(document, _world.Counts);
        }
    }

    public void Dispose()
    {
        foreach (var competition in _competitions)
        {
            competition.Dispose();
        }
    }

    private async Task EverythingAsync()
    {
        _world.Loop.Go(WatchTimeAsync);

        // Never waited for: a service that is killed while it starts for the first time does not come back to this call.
        _ = _world.StartServiceAsync();
        _world.Loop.Go(MineAsync);
        _world.Loop.Go(new Disasters(_world).RunAsync);
        var all = new List<Task>();
        foreach (var competition in _competitions)
        {
            all.Add(competition.RunAsync());
        }

        await Task.WhenAll(all);
        // Whatever still wanted to happen has time for it.
        await _world.Delay(TimeSpan.FromHours(3));
        _ended = true;
    }

    /// <summary>Blocks come as they do while payments are held, since those lapse by blocks; nothing else minds faster ones, and days of waiting
    /// cost the simulation as much as they are long.</summary>
    private async Task MineAsync()
    {
        while (!_ended)
        {
            var held = _world.Lightning.FindNode(SimWorld.CoordinatorNode)!.HeldIncomingMsat > 0;
            var mean = held ? _world.Plan.BlockTime : _world.Plan.QuickBlockTime;
            await _world.Delay((mean / 2) + (mean * _world.Random.Below(1_000) / 1_000));
            _world.Mine();
        }
    }

    /// <summary>Progress: once the faults are over, everything ends within a bounded time.</summary>
    private async Task WatchTimeAsync()
    {
        while (!_ended)
        {
            await _world.Delay(TimeSpan.FromHours(6));
            var last = _competitions.Select(competition => competition.Expiry ?? SimClock.Start).Max() - SimClock.Start;
            var limit = (last > _world.Plan.Faults.End ? last : _world.Plan.Faults.End) + TimeToEnd;
            if (_world.Clock.Elapsed > limit && !_ended)
            {
                _world.Report(new Violation("progress", $"not over at {_world.Clock.Elapsed:d\\.hh\\:mm}: {string.Join(", ", _competitions.Where(one => !one.IsOver).Select(Describe))}"));
            }
        }
    }

    private string Describe(SimCompetition competition)
    {
        var document = _world.Documents.FirstOrDefault(document => document.State?.Header.Terms.Id == competition.Id);
        var state = document?.State is LiveState { Live: var live } ? $" {live.Chain} payouts [{string.Join(", ", live.Payouts.Select(payout => payout.Stage))}]" : "";
        return $"c{competition.Plan.Number} {document?.State?.Wire ?? "not created"}{state}"
            + $" intents [{string.Join("; ", document?.Intents.Select(intent => $"{intent.Effect.Key} x{intent.Attempts}: {intent.LastError}") ?? [])}]"
            + $" tickets [{string.Join(", ", document?.State?.Header.Roster.Tickets.Select(ticket => ticket.Stage) ?? [])}]";
    }
}
