using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Players;

namespace Coordinator.Cli.Soak;

/// <summary>The world that all groups are played in.</summary>
internal sealed record SoakWorld(LocalWorld Local, DataFolder Folder, OperatorApi Api, OracleWorld Oracle, DemoLog Log, TimeProvider Clock);

/// <summary>One competition's end.</summary>
/// <param name="State">completed, cancelled or failed.</param>
/// <param name="Funding">The contract's funding output; null where there was none.</param>
internal sealed record SoakEnd(Guid Competition, string State, OutPoint? Funding, PlayedCompetition Played);

/// <summary>Some competitions that are played at the same time by one process of players.</summary>
/// <param name="number">Names the group's log and, times a thousand, its players' seeds.</param>
internal sealed class SoakGroup(SoakWorld world, SoakOptions options, int number, int count)
{
    private const int SeedsPerGroup = 1_000;
    private const int Delta = 288;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(400);
    private static readonly CompetitionDates Dates = new(TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(8));

    private readonly Dictionary<Guid, PlayerFacts> _facts = [];
    private readonly Dictionary<Guid, SoakEnd> _ends = [];
    private readonly Dictionary<Guid, string> _states = [];

    /// <summary>Two players with one place, or three with two.</summary>
    private int Players => 2 + (number % 2);

    private int Places => Players - 1;

    /// <summary>How every competition stands that has not ended.</summary>
    public string Open => string.Join(", ", _states.Where(state => !_ends.ContainsKey(state.Key)).Select(state => $"{state.Key} {state.Value}"));

    public int OpenCount => count - _ends.Count;

    /// <summary>Creates the competitions and plays them to their ends.</summary>
    /// <exception cref="CommandFailedException">A player could not go on although its competition did.</exception>
    public async Task<IReadOnlyList<SoakEnd>> PlayAsync(CancellationToken cancellation)
    {
        var now = world.Clock.GetUtcNow();
        ImmutableArray<Guid> ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now))];
        foreach (var id in ids)
        {
            _facts[id] = new PlayerFacts(Players);
            _states[id] = "none";
            await world.Api.CreateAsync(CompetitionTerms.Of(id, Players, Places, now, Dates, Delta), cancellation);
        }

        await using var players = StartPlayers(ids);
        while (_ends.Count < count)
        {
            foreach (var id in ids.Where(id => !_ends.ContainsKey(id)))
            {
                await StepAsync(id, players.HasExited, cancellation);
            }

            await Task.Delay(Tick, world.Clock, cancellation);
        }

        return [.. ids.Select(id => _ends[id])];
    }

    private async Task StepAsync(Guid id, bool playersLeft, CancellationToken cancellation)
    {
        if (await world.Api.CompetitionAsync(id, cancellation) is not { } competition)
        {
            return;
        }

        var (state, facts) = (competition.GetProperty("state").GetString()!, _facts[id]);
        _states[id] = state;
        if (state == "awaiting_attestation" && facts.AllPresentReady)
        {
            await world.Oracle.AttestAsync(id, OutcomeOf(id), cancellation);
        }

        if (state is "completed" ? facts.AllDone : state is "cancelled" or "failed")
        {
            var played = new PlayedCompetition(competition.GetProperty("ticket_price_sats").GetInt64(), state == "completed" ? facts.Ends : facts.CalledOff);
            _ends[id] = new SoakEnd(id, state, OutPoint.TryParse(competition.GetProperty("funding_outpoint").GetString()), played);
        }
        else if (facts.Failure is { } failure)
        {
            throw new CommandFailedException($"competition {id} is {state}: {failure}");
        }
        else if (playersLeft && !facts.AllDone)
        {
            throw new CommandFailedException($"competition {id} is {state}, its players are gone");
        }
    }

    /// <summary>One of the rankings, or the refund of everybody, fixed by the competition's place in the group.</summary>
    private int OutcomeOf(Guid id)
    {
        var outcomes = Dlc.OutcomeRanking.Of(Players, Places).AttestationCount;
        return (int)(((ulong)number + (ulong)_facts.Keys.ToList().IndexOf(id) + options.Seed) % (ulong)outcomes);
    }

    private ChildProcess StartPlayers(ImmutableArray<Guid> ids)
        => ChildProcess.Start(
            Binaries.Players,
            [
                "--enclaves", string.Join(',', world.Local.EnclaveKeys.Select(pin => $"{pin.Key}={pin.Value}")),
                "--data", world.Folder.Players, "--public", world.Local.Addresses.Public.ToString(), "--wallet", world.Local.Simulators["lnd_control"],
                .. world.Local.ChainArguments, "--oracle", world.Local.Simulators["oracle"], "--competition", string.Join(',', ids),
                "--players", Players.ToString(CultureInfo.InvariantCulture), "--breath", "400",
                "--seed", unchecked((options.Seed * 1_000_003) + (ulong)(number * SeedsPerGroup)).ToString(CultureInfo.InvariantCulture),
                "--payout", nameof(PayoutChoice.Lightning),
            ],
            world.Folder.Log(string.Create(CultureInfo.InvariantCulture, $"players-{number}")),
            Hear,
            world.Clock);

    private void Hear(JsonElement line) => _facts[line.GetProperty("competition").GetGuid()].Take(line);
}
