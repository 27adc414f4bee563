using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Cli.Processes;
using Coordinator.Players;

namespace Coordinator.Cli.Demo;

/// <summary>The world's course after the competition is open: watches its state, mines, lets the oracle speak, keeps the service running.</summary>
internal sealed class DemoCourse(
    DemoOptions options,
    DemoStory story,
    LocalWorld world,
    OperatorApi api,
    ChainWorld chain,
    OracleWorld oracle,
    PlayerFacts players,
    TransactionBook book,
    Reorganisations reorganisations,
    DemoLog log,
    Action<string> reached,
    TimeProvider clock)
{
    private const int QuietTicks = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(120);

    private string _state = "none";
    private bool _ended;
    private bool _alone;
    private bool _released;
    private bool _returned;
    private int _quiet;
    private int _delta = 1;
    private int _satPerVbyte = 1;

    /// <summary>Runs until the competition is over.</summary>
    /// <param name="playersLeft">True once the players' process has ended.</param>
    /// <returns>The competition as it was last seen.</returns>
    public async Task<JsonElement> RunAsync(Func<bool> playersLeft, CancellationToken cancellation)
    {
        while (true)
        {
            await KeepServiceAsync(cancellation);
            var seen = _alone ? null : await api.CompetitionAsync(story.Competition, cancellation);
            if (seen is { } competition)
            {
                Notice(competition);
                await SetFeesAsync(cancellation);
                if (_state is "completed" or "cancelled" or "failed")
                {
                    return competition;
                }
            }

            if (players.Failure is { } failure)
            {
                throw new CommandFailedException($"{failure}\nthe service's last words:\n{world.ServiceWords()}");
            }

            if (playersLeft() && !players.AllDone)
            {
                throw new CommandFailedException("the players' process ended too early");
            }

            await MoveAsync(cancellation);
            await Task.Delay(Tick, clock, cancellation);
        }
    }

    private void Notice(JsonElement competition)
    {
        var state = competition.GetProperty("state").GetString()!;
        _delta = competition.GetProperty("event_submission").GetProperty("relative_locktime_block_delta").GetInt32();
        book.AddFunding(OutPoint.TryParse(competition.GetProperty("funding_outpoint").GetString()));
        if (state == _state)
        {
            return;
        }

        log.Tell("state", $"state {_state} -> {state}", ("from", _state), ("to", state));
        (_state, _quiet) = (state, 0);
        _ended |= state is "attested" or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted"; // also where a demo is gone on with
        reached(state);
    }

    private async Task SetFeesAsync(CancellationToken cancellation)
    {
        var asked = options.Fees == DemoFees.Spike && (_state is "awaiting_attestation" or "attested" or "expiry_broadcasted") ? 20 : 1;
        if (asked != _satPerVbyte)
        {
            await chain.SetFeesAsync(asked, cancellation);
            _satPerVbyte = asked;
            log.Tell("fees", $"blocks take nothing below {asked} sat/vB now", ("sat_per_vbyte", asked));
        }
    }

    /// <summary>A killed service is started again; one that ended by itself is an error.</summary>
    private async Task KeepServiceAsync(CancellationToken cancellation)
    {
        if (world.ServiceRuns || _alone)
        {
            return;
        }

        await world.StartServiceAsync(cancellation);
        log.Tell("restarted", "the service is started again on its data");
    }

    private async Task MoveAsync(CancellationToken cancellation)
    {
        if (await reorganisations.MoveAsync(_state, cancellation))
        {
            return;
        }

        if (!_ended)
        {
            if (_state == "awaiting_attestation" && players.AllPresentReady)
            {
                await EndAsync(cancellation);
            }
        }

        await LeaveAloneAsync(cancellation);
        var tip = await chain.TipAsync(cancellation);
        if (tip.Waiting > 0)
        {
            await MineAsync(1, cancellation);
            _quiet = 0;
        }
        else if (_ended && MayHurry())
        {
            await HurryAsync(cancellation);
        }

        if (_alone && players.AllDone)
        {
            await ReturnAsync(cancellation);
        }
    }

    /// <summary>Where everybody claims on chain by itself the service is stopped once everybody has what that needs.</summary>
    private async Task LeaveAloneAsync(CancellationToken cancellation)
    {
        if (_ended && options.Payout == PayoutChoice.Onchain && !_alone && !_returned && players.AllReady)
        {
            await world.StopServiceAsync();
            _alone = true;
            log.Tell("stopped", "the service is stopped: players claim with nothing but their own data");
        }
    }

    /// <summary>The event ends. Where everybody claims on chain by itself the service is stopped before that, unless some are away.</summary>
    private async Task EndAsync(CancellationToken cancellation)
    {
        _ended = true;
        await LeaveAloneAsync(cancellation);
        log.Tell("ended", $"the event ends: {options.End.ToString().ToLowerInvariant()}", ("end", options.End.ToString().ToLowerInvariant()));
        switch (options.End)
        {
            case DemoEnd.Attest:
                await oracle.AttestAsync(story.Competition, cancellation);
                break;
            case DemoEnd.Refund:
                await oracle.RefundAsync(story.Competition, cancellation);
                break;
            default:
                if ((await chain.TipAsync(cancellation)).MedianTimePast <= story.Expiry)
                {
                    await chain.MineAsync(8, story.Expiry + 1, cancellation);
                }

                break;
        }
    }

    /// <summary>Blocks may pass once nobody waits for a payment over Lightning any more.</summary>
    private bool MayHurry()
        => players.AllKnowOutcome && players.AllPaid && options.Payout != PayoutChoice.Lightning
            && (_alone || (_state is "outcome_broadcasted" or "delta_broadcasted" && (options.Payout != PayoutChoice.Onchain || _returned)));

    /// <summary>Lets blocks pass: most of a lock time at once after a quiet second, then one by one.</summary>
    private async Task HurryAsync(CancellationToken cancellation)
    {
        await ReleaseAsync(cancellation);
        _quiet++;
        if (_quiet == QuietTicks && _delta > 4)
        {
            await MineAsync(_delta - 3, cancellation);
        }
        else if (_quiet > QuietTicks)
        {
            await MineAsync(1, cancellation);
        }
    }

    /// <summary>The operator gives up waiting for winners who neither take a payment nor claim (D20).</summary>
    private async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (_released || options.Payout != PayoutChoice.None)
        {
            return;
        }

        foreach (var entry in players.Idle)
        {
            await api.ReleaseAsync(story.Competition, entry, cancellation);
            log.Tell("released", $"the operator releases the share of entry {entry}", ("entry_id", entry));
        }

        _released = true;
    }

    private async Task ReturnAsync(CancellationToken cancellation)
    {
        (_alone, _returned) = (false, true);
        await world.StartServiceAsync(cancellation);
        log.Tell("restarted", "the service is back and reads what happened off the chain");
    }

    private async Task MineAsync(int count, CancellationToken cancellation)
    {
        await chain.MineAsync(count, null, cancellation);
        await book.ReadAsync(cancellation);
    }
}
