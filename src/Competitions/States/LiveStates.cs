using System.Text.Json.Serialization;

namespace Coordinator.Competitions;

/// <summary>The intent to fund is on disk; the transaction is sent until it is as deep as the terms require.</summary>
public sealed record FundingBroadcasted(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "funding_broadcasted";
}

/// <summary>The funding is deep enough: held payments are settled, seat by seat, until LND has said its final word on each.</summary>
public sealed record FundingConfirmed(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "funding_confirmed";
}

/// <summary>Every seat is sold or unsold. The oracle has not attested.</summary>
public sealed record AwaitingAttestation(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "awaiting_attestation";
}

/// <summary>The attestation is known; its outcome transaction is being confirmed.</summary>
public sealed record Attested(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "attested";
}

/// <summary>The event's lock time is over without an attestation; the expiry transaction is sent.</summary>
public sealed record ExpiryBroadcasted(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "expiry_broadcasted";
}

/// <summary>The outcome or expiry transaction is confirmed: winners are paid until the split or a close.</summary>
public sealed record OutcomeBroadcasted(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "outcome_broadcasted";
}

/// <summary>The split, a close or a reclaim is sent; shares come home or go to their winners.</summary>
public sealed record DeltaBroadcasted(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "delta_broadcasted";
}

/// <summary>Every satoshi is decided, at depth.</summary>
public sealed record Completed(Header Header, Live Live) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "completed";

    [JsonIgnore]
    public override bool WatchesChain => false;

    [JsonIgnore]
    public override bool WatchesOracle => false;

    /// <summary>Coins for bumping are given back.</summary>
    public override IEnumerable<Effect> Wants()
        => (Live.Contract.BumpReserve is not null || !Live.Bumps.IsEmpty) && !Live.BumpsEnded ? [new EndBumps()] : [];

    public override CompetitionState Absorb(Fact fact) => fact switch
    {
        HoldFact hold => HoldRules.Absorb(this, hold),
        CoinsReleased => this with { Live = Live with { BumpsEnded = true } },
        _ => this,
    };

    public override Verdict Decide(Command command) => command is ReleaseShare
        ? Refusal.Conflict("not_now", "every share is decided")
        : base.Decide(command);
}

/// <summary>It cannot go on as agreed, and the money is brought home all the same.</summary>
/// <param name="Reason">For players and the operator.</param>
public sealed record Failed(Header Header, Live Live, string Reason) : LiveState(Header, Live)
{
    [JsonIgnore]
    public override string Wire => "failed";

    /// <summary>Seats whose payment was taken although the funding transaction can never confirm: refunds that the coordinator owes (D15).</summary>
    [JsonIgnore]
    public IEnumerable<Ticket> Owed => Live.Chain.FundingConflict is null ? [] : HoldRules.Owed(Header);
}
