using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Simulation;

/// <summary>One competition: its operator, its oracle and its players, each a task of the world.</summary>
internal sealed class SimCompetition : IDisposable
{
    private static readonly TimeSpan OperatorPause = TimeSpan.FromMinutes(10);

    private readonly SimWorld _world;
    private readonly Dictionary<(string Parameters, string Outpoint), TicketedDlc> _contracts = [];
    private CreateCompetition? _request;
    private TimeSpan? _dividedAt;
    private bool _cancelled;

    public SimCompetition(SimWorld world, CompetitionPlan plan)
    {
        (_world, Plan) = (world, plan);
        Id = world.Random.Uuid7(world.Clock.GetUtcNow());
        Players = [.. plan.Players.Select((player, index) => new SimPlayer(world, this, index + 1, player))];
        foreach (var player in Players)
        {
            world.Audited.Players.Add(new AuditedPlayer(Id, player.Name, player.ChainScript));
        }

        if (plan.OracleRefuses)
        {
            world.RefusedByOracle.Add(Id);
            world.Counts.Add("fault", FaultSource.Name(FaultKind.OracleRefuses));
        }
    }

    public CompetitionPlan Plan { get; }

    public Guid Id { get; }

    public ImmutableArray<SimPlayer> Players { get; }

    /// <summary>The contract that a player was shown, worked out once for all who were shown the very same.</summary>
    public TicketedDlc ContractOf(ContractView shown)
    {
        var key = (shown.ContractParameters, shown.FundingOutpoint);
        if (!_contracts.TryGetValue(key, out var dlc))
        {
            _contracts[key] = dlc = TicketedDlc.Create(
                ContractParameters.Parse(Encoding.UTF8.GetBytes(shown.ContractParameters)), OutPoint.Parse(shown.FundingOutpoint));
        }

        return dlc;
    }

    /// <summary>Nothing is left to do for anybody.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The last word of the service, or why there never was one.</summary>
    public string End { get; private set; } = "unfinished";

    /// <summary>The latest moment at which its contract expires; null before it was asked for.</summary>
    public DateTimeOffset? Expiry => _request?.SigningDate.AddSeconds(86_400);

    /// <summary>Everything, from creation to the end.</summary>
    public async Task RunAsync()
    {
        await _world.Delay(Plan.StartsAfter);
        if (!await CreateAsync())
        {
            IsOver = true;
            End = "refused";
            return;
        }

        List<Task> others = [AttestAsync(), .. Players.Select(player => player.PlayAsync())];
        if (Plan.CoinGoes)
        {
            others.Add(new FundingTrouble(_world, this).SpendAsync());
        }
        else if (Plan.FundingSticks)
        {
            others.Add(new FundingTrouble(_world, this).HoldAsync());
        }

        while (!IsOver)
        {
            await _world.Delay(OperatorPause);
            await OperateAsync();
        }

        await Task.WhenAll(others);
    }

    /// <summary>A payment of this hash hangs on its way, until it is let go on or fails.</summary>
    public void Stick(PaymentHash hash, bool endsWell, string what)
    {
        if (!_world.Faults.Active)
        {
            return;
        }

        _world.Faults.Happens(FaultKind.PaymentStuck, what);
        _world.Lightning.Stick(hash);
        var time = TimeSpan.FromMinutes(1 << _world.Faults.Random.Below(11));
        _world.Loop.Go(async () =>
        {
            await _world.Delay(time);
            _world.Trace.Add($"{what} {(endsWell ? "goes on" : "fails")}");
            _world.Lightning.Release(hash, endsWell ? PaymentFailure.None : PaymentFailure.Timeout);
        });
    }

    public void Dispose()
    {
        foreach (var player in Players)
        {
            player.Dispose();
        }
    }

    /// <summary>Asks until it is there, or refused for good.</summary>
    private async Task<bool> CreateAsync()
    {
        var settings = _world.Plan.Settings;
        var now = _world.Clock.GetUtcNow();
        var start = now + Plan.EntryTime + (settings.Signing == SigningMode.Keymeld ? TimeSpan.Zero : settings.SigningWindow);
        var end = start + Plan.Observation;
        _request = new CreateCompetition(
            Id, end + Plan.SigningAfter, start, end, ["KDEN", "KBOS"], 3, Plan.Places, Players.Length, Plan.EntryFee, Plan.FeePercent,
            Plan.EntryFee * Players.Length, Plan.Delta);
        while (true)
        {
            var answer = await _world.RequestAsync("operator", grains => Grain(grains).CreateAsync(_request));
            if (answer?.Value is not null)
            {
                return true;
            }

            if (answer?.Problem is { Kind: not ProblemKind.Unavailable } problem)
            {
                _world.Trace.Add($"operator: c{Plan.Number} is refused: {problem.Code} {problem.Detail}");
                return false;
            }

            await _world.Delay(TimeSpan.FromMinutes(2));
        }
    }

    private ICompetitionGrain Grain(IGrainFactory grains) => grains.GetGrain<ICompetitionGrain>(Id);

    private async Task OperateAsync()
    {
        var view = (await _world.RequestAsync("operator", grains => Grain(grains).GetAsync()))?.Value;
        if (view is null)
        {
            return;
        }

        if (Plan.CancelsAfter is { } cancels && !_cancelled && _world.Clock.Elapsed >= Plan.StartsAfter + cancels)
        {
            _cancelled = true;
            var answer = await _world.RequestAsync("operator", grains => Grain(grains).CancelAsync("the operator's wish"));
            _world.Trace.Add($"operator: cancels c{Plan.Number}: {answer?.Problem?.Code ?? answer?.Value?.State ?? "no answer"}");
        }

        await ReleaseHoldsAsync(view);
        if (view.State == "delta_broadcasted")
        {
            _dividedAt ??= _world.Clock.Elapsed;
            await ReleaseAsync();
        }

        if (view.State == "completed" || (view.State == "cancelled" && view.Pending.IsEmpty && IsSettledOnDisk()))
        {
            (IsOver, End) = (true, view.State);
        }
    }

    /// <summary>What could not be explained waits for a person, who has time once the faults are over.</summary>
    private async Task ReleaseHoldsAsync(CompetitionView view)
    {
        foreach (var hold in view.Holds.Where(hold => hold.Release is null))
        {
            _world.Counts.Add("way out", $"hold: {hold.Kind}");
            _world.Trace.Add($"operator: c{Plan.Number} is held: {hold.Kind} {hold.Detail}", quiet: _world.Faults.Active);
            if (!_world.Faults.Active)
            {
                await _world.RequestAsync("operator", grains => Grain(grains).ReleaseHoldAsync(new OperatorWord(hold.Id, "operator", "looked")));
            }
        }
    }

    private bool IsSettledOnDisk() => _world.Documents.Any(document => document.State?.Header.Terms.Id == Id && document.Intents.IsEmpty);

    /// <summary>Winners who never came: their shares come home, once the operator gives them up.</summary>
    private async Task ReleaseAsync()
    {
        if (_world.Faults.Active || _world.Clock.Elapsed < _dividedAt + Plan.ReleasesAfter)
        {
            return;
        }

        foreach (var player in Players.Where(player => player is { Entry: not null, Plan.Takes: Taking.Never }))
        {
            var answer = await _world.RequestAsync("operator", grains => Grain(grains).ReleaseShareAsync(player.Entry!.Id));
            _world.Trace.Add($"operator: releases the share of {player.Name}: {answer?.Problem?.Code ?? (answer is null ? "no answer" : "done")}", quiet: true);
        }
    }

    /// <summary>What the oracle does, whoever asks it.</summary>
    private async Task AttestAsync()
    {
        if (Plan.Attests == Attesting.Never)
        {
            return;
        }

        var from = Plan.Attests == Attesting.Early ? _world.Clock.GetUtcNow() : _request!.SigningDate;
        await _world.Delay(from + Plan.AttestsAfter - _world.Clock.GetUtcNow());
        while (!IsOver)
        {
            try
            {
                _world.Oracle.Attest(Id, Plan.Outcome);
                _world.Trace.Add($"the oracle attests outcome {Plan.Outcome} of c{Plan.Number} ({Plan.Attests})");
                return;
            }
            catch (OracleRefusedException)
            {
                await _world.Delay(TimeSpan.FromMinutes(30));
            }
        }
    }
}
