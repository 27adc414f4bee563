using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;
using Coordinator.Players.Lnd;
using Coordinator.Players.Wire;

namespace Coordinator.Cli.Synth;

/// <summary>
/// One competition of synthetic players against a deployed service, from its creation to the last satoshi. What was decided is on disk before anything is
/// asked; a run that died, or failed with money in it, is gone on with from there.
/// </summary>
internal sealed class SynthRun(SynthOptions options, SynthFolder folder, SynthHistory history, DemoLog log, TimeProvider clock)
{
    private readonly SynthService _service = new(options.Places, clock);

    /// <summary>Plays a new competition.</summary>
    /// <returns>Whether it completed and every winner got its share.</returns>
    public async Task<bool> StartAsync(CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        history.Started(id, SynthOptions.Scenario, options.Terms.Users);
        log.Tell("started", $"run {id}: {options.Terms.Users} users at {options.Places.Public}", ("run", id.ToString()));
        SynthPlan plan;
        try
        {
            plan = new SynthPlan(id, options.Terms.Users, Terms(id, clock.GetUtcNow()), await PrepareAsync(cancellation));
            folder.Save(plan);
        }
        catch (CommandFailedException failure)
        {
            return End(id, failure.Message, isOpen: false);
        }

        return await PlayAsync(plan, cancellation);
    }

    /// <summary>Goes on with a run that is not over.</summary>
    public Task<bool> ResumeAsync(SynthPlan plan, CancellationToken cancellation)
    {
        history.Resumed(plan.Id);
        log.Tell("resumed", $"run {plan.Id} goes on", ("run", plan.Id.ToString()));
        return PlayAsync(plan, cancellation);
    }

    /// <summary>What must be well before anything is created; the payer's balance in millisatoshis.</summary>
    private async Task<long> PrepareAsync(CancellationToken cancellation)
    {
        if (await _service.ComplaintAsync(cancellation) is { } complaint)
        {
            throw new CommandFailedException($"the service is not well: {complaint}");
        }

        var node = await LookAsync(cancellation);
        var needed = checked(options.Terms.Users * MostPrice());
        if (node.Network != options.Places.Network.Name())
        {
            throw new CommandFailedException($"the payer's node is on {node.Network}, not on {options.Places.Network.Name()}");
        }

        return node.LocalMsat / 1_000 >= needed
            ? node.LocalMsat + node.HeldMsat
            : throw new CommandFailedException($"the payer's node can send {node.LocalMsat / 1_000} sat; {options.Terms.Users} tickets may need {needed} sat");
    }

    private async Task<PayerNode> LookAsync(CancellationToken cancellation)
    {
        try
        {
            return await PayerNode.LookAsync(options.Places.Lnd, clock, cancellation);
        }
        catch (PlayerException failure)
        {
            throw new CommandFailedException(failure.Message);
        }
    }

    private async Task<bool> PlayAsync(SynthPlan plan, CancellationToken cancellation)
    {
        var known = history.Read().Single(run => run.Run == plan.Id).Steps.Select(step => step.Name);
        var steps = new SynthSteps(plan.Id, plan.Users, history, log, known, clock);
        var mayBeThere = false;
        try
        {
            mayBeThere = await _service.CompetitionAsync(plan.Id, cancellation) is not null;
            if (!mayBeThere)
            {
                var start = clock.GetTimestamp();
                mayBeThere = true;
                var created = await CreateAsync(plan, cancellation);
                steps.Done("create_competition", clock.GetElapsedTime(start));
                CheckPrice(created);
            }

            var money = await CourseAsync(plan, steps, cancellation);
            folder.Forget(plan.Id);
            history.Ended(plan.Id, SynthStatus.Success, null, isOpen: false, money);
            log.Tell("ended", $"run {plan.Id} succeeded: {Words(money)}", ("run", plan.Id.ToString()), ("status", "success"), ("money", SynthRunRecord.ToJson(money)));
            return true;
        }
        catch (SynthOverException over)
        {
            folder.Forget(plan.Id);
            return End(plan.Id, over.Message, isOpen: false);
        }
        catch (CommandFailedException failure)
        {
            return End(plan.Id, failure.Message, mayBeThere);
        }
    }

    private async Task<JsonElement> CreateAsync(SynthPlan plan, CancellationToken cancellation)
    {
        try
        {
            return await _service.CreateAsync(plan.Terms, options.StateTimeout, cancellation);
        }
        catch (CommandFailedException refused) when (!refused.IsUnclear)
        {
            var why = $"the competition was not created: {refused.Message}";
            throw await _service.IsUnknownAsync(plan.Id, cancellation) ? new SynthOverException(why) : new CommandFailedException(why);
        }
    }

    private void CheckPrice(JsonElement created)
    {
        if (created.GetProperty("ticket_price_sats").GetInt64() is var price && price > MostPrice())
        {
            throw new SynthOverException($"a ticket costs {price} sat, more than {MostPrice()} sat: nobody pays that; the competition ends when entries close");
        }
    }

    /// <summary>Plays until the competition is completed and every player is done.</summary>
    private async Task<SynthMoney> CourseAsync(SynthPlan plan, SynthSteps steps, CancellationToken cancellation)
    {
        using var client = WorldHttp.CreateClient();
        var (facts, hand) = (new PlayerFacts(plan.Users), new SynthHand(options, new WorldHttp(client)));
        await using var players = ChildProcess.Start(
            Binaries.Players, SynthPlayers.Arguments(options, folder, plan), folder.LogOf(plan.Id), line => Hear(line, facts, steps), clock);
        var signing = DateTimeOffset.Parse(plan.Terms["signing_date"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        while (true)
        {
            var seen = await _service.CompetitionAsync(plan.Id, cancellation);
            if (seen is { } competition)
            {
                steps.Notice(competition);
                if (steps.State is "cancelled" or "failed")
                {
                    throw await CalledOffAsync(competition, plan, cancellation);
                }

                if (steps.State == "completed" && facts.AllDone)
                {
                    return await BalanceAsync(competition, plan, facts, steps, cancellation);
                }
            }

            CheckPlayers(players, facts);
            CheckTime(steps, signing);
            await hand.MoveAsync(plan.Id, steps.State, facts.AllReady, cancellation);
            await Task.Delay(options.Poll, clock, cancellation);
        }
    }

    private static void Hear(JsonElement line, PlayerFacts facts, SynthSteps steps)
    {
        facts.Take(line);
        steps.Take(line);
    }

    /// <summary>A cancelled competition gives every payment back by itself. One that failed, or that still holds something, stays open.</summary>
    private async Task<Exception> CalledOffAsync(JsonElement competition, SynthPlan plan, CancellationToken cancellation)
    {
        var (state, reason) = (competition.GetProperty("state").GetString(), competition.GetProperty("reason").GetString());
        var node = await LookAsync(cancellation);
        var missing = (plan.BalanceMsat - node.LocalMsat - node.HeldMsat) / 1_000;
        return state == "cancelled"
            ? new SynthOverException($"the competition was cancelled: {reason}; held payments are given back")
            : new CommandFailedException($"the competition failed: {reason}; the payer's node has {missing} sat less than before");
    }

    private static void CheckPlayers(ChildProcess players, PlayerFacts facts)
    {
        if (facts.Failure is { } failure)
        {
            throw new CommandFailedException(failure);
        }

        if (players.HasExited && !facts.AllDone)
        {
            throw new CommandFailedException($"the players' process ended: {players.LastWords()}");
        }
    }

    /// <summary>Nothing went on for too long. An attestation is late only after the signing date.</summary>
    private void CheckTime(SynthSteps steps, DateTimeOffset signing)
    {
        var (quiet, limit) = (steps.Quiet, LimitOf(steps.State));
        if (steps.State == "awaiting_attestation" && clock.GetUtcNow() - signing is var late && late < quiet)
        {
            quiet = late;
        }

        if (quiet > limit)
        {
            throw new CommandFailedException($"nothing went on in state {steps.State} for {quiet.TotalSeconds:F0} s, the limit is {limit.TotalSeconds:F0} s");
        }
    }

    private TimeSpan LimitOf(string state)
        => state is "funding_broadcasted" or "funding_confirmed" or "funding_settled" or "attested" or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted"
            ? options.ChainTimeout
            : options.StateTimeout;

    /// <summary>Every ticket cost its price, every winner received exactly its share (the players compare that), nothing is owed.</summary>
    private async Task<SynthMoney> BalanceAsync(JsonElement competition, SynthPlan plan, PlayerFacts facts, SynthSteps steps, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        var (ends, spent, price) = (facts.Ends, steps.Spent, competition.GetProperty("ticket_price_sats").GetInt64());
        var winners = ends.Where(end => end.How != "nothing").ToList();
        var complaint = spent.Count != plan.Users || spent.Any(ticket => ticket.Sats != price) ? $"not every ticket cost {price} sat: {string.Join(", ", spent.Select(ticket => ticket.Sats))}"
            : winners.Count == 0 ? "nobody won"
            : winners.FirstOrDefault(winner => winner.Sats <= 0 || winner.How == "none") is { } unpaid ? $"the winner of entry {unpaid.Entry} received nothing"
            : winners.Any(winner => winner.How != "onchain") && competition.GetProperty("total_paid_out_entries").GetInt32() != winners.Count(winner => winner.How != "onchain")
                ? $"the service counts {competition.GetProperty("total_paid_out_entries")} payouts, {winners.Count} winners were paid"
            : await _service.OwedAsync(plan.Id, cancellation) is > 0 and var owed ? $"the service still owes {owed} shares"
            : null;
        if (complaint is not null)
        {
            throw new CommandFailedException($"the books: {complaint}");
        }

        var node = await LookAsync(cancellation);
        var (paid, fees, received) = (spent.Sum(ticket => ticket.Sats), spent.Sum(ticket => ticket.FeeMsat), winners.Where(winner => winner.How != "onchain").Sum(winner => winner.Sats));
        steps.Done("check_balances", clock.GetElapsedTime(start));
        var expected = plan.BalanceMsat - (paid * 1_000) - fees + (received * 1_000);
        return new SynthMoney(paid, fees, winners.Sum(winner => winner.Sats), node.LocalMsat + node.HeldMsat - expected);
    }

    private bool End(Guid run, string reason, bool isOpen)
    {
        history.Ended(run, SynthStatus.Failure, reason, isOpen, null);
        log.Tell(
            "ended", $"run {run} failed: {Operator.Wording.Clean(reason)}{(isOpen ? $"{Environment.NewLine}its players' files are kept: go on with --resume {run}" : string.Empty)}",
            ("run", run.ToString()), ("status", "failure"), ("reason", reason), ("open", isOpen));
        return false;
    }

    private JsonObject Terms(Guid id, DateTimeOffset now)
    {
        var terms = options.Terms;
        var close = now + terms.EntryWindow;
        return new JsonObject
        {
            ["id"] = id.ToString(),
            ["signing_date"] = Time(close + terms.Observation + terms.SigningDelay),
            ["start_observation_date"] = Time(close),
            ["end_observation_date"] = Time(close + terms.Observation),
            ["locations"] = new JsonArray([.. terms.Stations.Select(station => JsonValue.Create(station))]),
            ["number_of_values_per_entry"] = terms.Stations.Count * 3,
            ["number_of_places_win"] = terms.Places,
            ["total_allowed_entries"] = terms.Users,
            ["entry_fee"] = terms.EntryFee,
            ["coordinator_fee_percentage"] = terms.FeePercent,
            ["total_competition_pool"] = checked(terms.EntryFee * terms.Users),
        };
    }

    /// <summary>Twice the fee and something for the network: more is a mistake of somebody's.</summary>
    private long MostPrice() => checked((2 * options.Terms.EntryFee) + 10_000);

    private static string Words(SynthMoney money)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{money.Spent:N0} sat for tickets, {money.FeesMsat / 1_000m:N3} sat for routes, {money.Received:N0} sat received")
            + (money.UnexplainedMsat is { } unexplained and not 0 ? $"; the payer's balance moved by {unexplained} msat more, which is none of this run's" : string.Empty);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A run is over without success, and nobody has money in it.</summary>
internal sealed class SynthOverException(string message) : Exception(message);
