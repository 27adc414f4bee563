using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Nothing was funded. Every invoice is cancelled and seen cancelled, reserved coins are released; then nothing is left to do.</summary>
/// <param name="Reason">For players and the operator.</param>
/// <param name="HoldsCoins">Coins reserved for the funding transaction still have to be released.</param>
public sealed record Cancelled(Header Header, string Reason, bool HoldsCoins) : CompetitionState(Header)
{
    [JsonIgnore]
    public override string Wire => "cancelled";

    /// <summary>Who kept the contract from being signed by the deadline, and gets no ticket for a while (D10).</summary>
    public ImmutableArray<Culprit> Culprits { get; init; } = [];

    public override IEnumerable<Effect> Wants()
    {
        foreach (var ending in EscrowWants.Ending(Header))
        {
            yield return ending;
        }

        if (HoldsCoins)
        {
            yield return new ReleaseCoins();
        }

        foreach (var culprit in Culprits.Where(culprit => !culprit.Barred))
        {
            yield return new BarPlayer(culprit.Entry, culprit.Player);
        }
    }

    public override CompetitionState Absorb(Fact fact) => fact switch
    {
        InvoiceSeen { Status: InvoiceStatus.Canceled } seen when Header.Roster.FindHash(seen.Hash) is { Unresolved: true } ticket
            => this with { Header = Header.With(ticket with { Stage = TicketStage.Canceled }) },
        InvoiceSeen { Status: InvoiceStatus.Settled } seen
            => this with { Header = EscrowWants.WithHolds(HoldRules.WithRefunds(SeatRules.Absorb(Header, seen), seen.At), seen.At) },
        EscrowsSeen seen => See(seen),
        EscrowReleased released => EscrowRules.Absorb(Header, released) is var header && ReferenceEquals(header, Header) ? this : this with { Header = header },
        HoldFact hold => HoldRules.Absorb(this, hold),
        CoinsReleased => this with { HoldsCoins = false },
        PlayerBarred barred => this with
        {
            Culprits = [.. Culprits.Select(culprit => culprit.Entry == barred.Entry ? culprit with { Barred = true } : culprit)],
        },
        _ => this,
    };

    /// <summary>Escrows that may be out are watched until each is decided.</summary>
    [JsonIgnore]
    public override bool WatchesChain => Header.Roster.Tickets.Any(ticket => ticket.Escrow is { MayBeOut: true } escrow && EscrowRules.IsOpen(Header, escrow));

    private Cancelled See(EscrowsSeen seen)
    {
        var header = EscrowWants.WithHolds(EscrowRules.Absorb(Header, seen), seen.At);
        return ReferenceEquals(header, Header) ? this : this with { Header = header };
    }

    public override Verdict Decide(Command command) => command switch
    {
        Cancel => this,
        RequestTicket or SubmitEntry or RequestPayout or HandOverKey
            => Refusal.Conflict("competition_cancelled", $"the competition is cancelled: {Reason}"),
        _ => base.Decide(command),
    };

    /// <summary>Seats whose payment was taken although the competition is cancelled: refunds that the coordinator owes.</summary>
    [JsonIgnore]
    public IEnumerable<Ticket> Owed => HoldRules.Owed(Header);
}

/// <summary>Somebody whose missing part ended a competition.</summary>
/// <param name="Entry">Whose part it was.</param>
/// <param name="Player">Who gets no ticket for a while.</param>
/// <param name="Barred">Their own record says so.</param>
public sealed record Culprit(Guid Entry, XOnlyPublicKey Player, bool Barred = false);
