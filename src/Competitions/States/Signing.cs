using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>A contract exists and is being signed locally, in rounds (D8 to D10).</summary>
public abstract record Signing : Gathering
{
    private protected Signing(Header header, ContractRef contract, SigningRound round)
        : base(header)
    {
        Contract = contract;
        Round = round;
    }

    public ContractRef Contract { get; init; }

    public SigningRound Round { get; init; }

    [JsonIgnore]
    public override bool WatchesOracle => true;

    protected override bool HoldsCoins => true;

    [JsonIgnore]
    protected override bool HasContract => true;

    public override Verdict Decide(Command command) => command switch
    {
        SubmitNonces submit => Check(submit.Player, submit.Entry, submit.Round) is { } refusal ? refusal : Take(submit),
        SubmitPartials submit => Check(submit.Player, submit.Entry, submit.Round) is { } refusal ? refusal : Take(submit),
        _ => base.Decide(command),
    };

    [JsonIgnore]
    protected override string DeadlineReason => Missing().ToList() is { Count: > 0 } missing
        ? $"the signing deadline has passed without the part of {string.Join(", ", missing)}"
        : base.DeadlineReason;

    protected override Cancelled GiveUpAtDeadline(DateTimeOffset at) => base.GiveUpAtDeadline(at) with
    {
        Culprits = [.. Culpable(at).Select(entry => new Culprit(entry, Header.Roster.FindEntry(entry)!.Entry!.Player))],
    };

    /// <summary>Who sent wrong signatures and no right ones; who sent nothing, only where they had half the window for it and somebody else's part
    /// did come: else the door may have been shut, and nobody is to blame (D10).</summary>
    private IEnumerable<Guid> Culpable(DateTimeOffset at)
    {
        var missing = Missing().ToList();
        var hadTime = Round.Since is { } since && at - since >= Header.Terms.SigningWindow / 2 && missing.Count < Header.Terms.Entries;
        return missing.Where(entry => hadTime || Round.Wrong.Contains(entry));
    }

    /// <summary>Entries whose part of this step has not come.</summary>
    protected abstract IEnumerable<Guid> Missing();

    protected abstract Verdict Take(SubmitNonces submit);

    protected abstract Verdict Take(SubmitPartials submit);

    private Refusal? Check(XOnlyPublicKey player, Guid entry, string? round)
    {
        if (Header.Roster.FindEntry(entry) is not { } ticket || !player.Equals(ticket.Entry!.Player))
        {
            return Refusal.NotFound("entry_not_found", $"Entry {entry} not found");
        }

        return round is not null && round != Round.Id
            ? Refusal.Conflict("old_round", $"round {round} is over, the current round is {Round.Id}: read the contract again and draw new nonces")
            : null;
    }
}

/// <summary>Parameters and outpoint are on disk; players send their public nonces.</summary>
public sealed record ContractCreated(Header Header, ContractRef Contract, SigningRound Round) : Signing(Header, Contract, Round)
{
    [JsonIgnore]
    public override string Wire => "contract_created";

    public override IEnumerable<Effect> Wants() => Round.HasAllNonces(Header.Terms.Entries)
        ? [new AggregateNonces(Round.Id), .. EscrowWants.Keeping(Header)]
        : EscrowWants.Keeping(Header);

    protected override IEnumerable<Guid> Missing() => Contract.Seats.Where(entry => Round.Part(entry) is null);

    protected override CompetitionState AbsorbOwn(Fact fact) => fact is NoncesAggregated aggregated && aggregated.Round == Round.Id
        ? new AwaitingSignatures(Header, Contract, Round.Published(aggregated.Aggregate, aggregated.At))
        : this;

    protected override Verdict Take(SubmitNonces submit)
        => Round.Part(submit.Entry)?.Nonces == submit.Nonces ? this : this with { Round = Round.WithNonces(submit.Entry, submit.Nonces) };

    protected override Verdict Take(SubmitPartials submit)
        => Refusal.Conflict("nonces_not_aggregated", "Contract partial_signatures not yet available: not every player has sent nonces");
}

/// <summary>The aggregate nonces are published and on disk; players send their partial signatures.</summary>
public sealed record AwaitingSignatures(Header Header, ContractRef Contract, SigningRound Round) : Signing(Header, Contract, Round)
{
    [JsonIgnore]
    public override string Wire => "awaiting_signatures";

    public override IEnumerable<Effect> Wants()
    {
        if (Round.OwnPartials is null)
        {
            yield return new SignOwnPart(Round.Id, Round.Aggregate!.Value);
        }
        else if (Round.HasAllPartials)
        {
            yield return new AggregateSignatures(Round.Id);
        }

        foreach (var keeping in EscrowWants.Keeping(Header))
        {
            yield return keeping;
        }
    }

    protected override IEnumerable<Guid> Missing() => Contract.Seats.Where(entry => Round.Part(entry)?.Partials is null);

    protected override CompetitionState AbsorbOwn(Fact fact) => fact switch
    {
        OwnPartSigned signed when signed.Round == Round.Id => this with { Round = Round with { OwnPartials = signed.Partials } },
        OwnNoncesLost lost when lost.Round == Round.Id => new ContractCreated(Header, Contract, Round.Next(lost.NextRound, lost.At)),
        PartialsRejected rejected when rejected.Round == Round.Id => this with
        {
            Round = rejected.Entries.Where(entry => Round.Part(entry) is { Partials: not null }).Aggregate(Round, (round, entry) => round.Reject(entry)),
        },
        ContractSigned signed when signed.Round == Round.Id => new SigningComplete(
            Header.Stamped("signed_at", signed.At), Contract, Round, signed.Signed, signed.At, [], false),
        _ => this,
    };

    protected override Verdict Take(SubmitNonces submit)
    {
        if (Round.Part(submit.Entry)?.Nonces == submit.Nonces)
        {
            return this;
        }

        return Round.ForcedBy(submit.Entry) >= SigningRound.MostForced
            ? Refusal.Conflict("too_many_rounds", "Public nonces already submitted for this entry, and it has forced as many new rounds as one entry may")
            : new ContractCreated(Header, Contract, Round.Next(submit.NextRound, submit.At, submit.Entry).WithNonces(submit.Entry, submit.Nonces));
    }

    protected override Verdict Take(SubmitPartials submit)
    {
        var present = Round.Part(submit.Entry)?.Partials;
        return present == submit.Partials ? this
            : present is not null ? Refusal.Conflict("signatures_present", "partial signatures of this entry are already stored for this round")
            : Round.WrongOf(submit.Entry) >= SigningRound.MostWrong ? Refusal.Conflict(
                "too_many_wrong_signatures", "partial signatures of this entry were wrong too often in this round: draw new nonces and send them")
            : this with { Round = Round.WithPartials(submit.Entry, submit.Partials) };
    }
}
