using Coordinator.Dlc;

namespace Coordinator.Competitions.Tests;

/// <summary>How to get a competition with escrows into each of its states.</summary>
internal static class EscrowPlay
{
    /// <summary>Where every escrow confirms.</summary>
    public const int Height = Given.Tip + 2;

    public static EscrowSight Deep { get; } = new(true, Height, null, null);

    public static EscrowSight Replaced { get; } = new(false, null, null, new EscrowSpender(null, Given.Txid("double spend"), Height));

    public static EscrowSight Spent(EscrowPath path, int? height) => Deep with { Spender = new EscrowSpender(path, Given.Txid($"{path}"), height) };

    public static Played Waiting(CompetitionTerms? terms = null) => Played.New(terms ?? Given.EscrowTerms()).SellAll();

    public static Played Sent(CompetitionTerms? terms = null)
    {
        var played = Waiting(terms);
        return played.Learn(new EscrowsCleared(Given.Tip, played.Now));
    }

    public static Played Confirmed(CompetitionTerms? terms = null)
        => Sent(terms).SeeEscrows(Deep).All((play, player) => play.Learn(play.Seen(player, InvoiceStatus.Settled)));

    public static Played SigningComplete(CompetitionTerms? terms = null)
    {
        var played = Confirmed(terms);
        played.Learn(new OracleEventReady(Given.Hash("announcement"), played.Now), new OracleEntriesAccepted(played.Now));
        played.Learn(new ContractPrepared(Given.Contract(played.Roster), "round 1", played.Now)).All((play, player) => play.SendNonces(player));
        played.Learn(new NoncesAggregated("round 1", Given.Hash("aggregate"), played.Now), new OwnPartSigned("round 1", Given.Hash("own"), played.Now));
        played.All((play, player) => play.SendPartials(player));
        return played.Learn(new ContractSigned("round 1", Given.Hash("signed"), played.Now));
    }

    public static Played Funded()
    {
        var played = SigningComplete().All((play, player) => play.SignEscrow(player));
        return played.Learn(new FundingCleared(Given.Tip + 5, played.Now));
    }

    public static Played SignEscrow(this Played played, int player)
        => played.Ask(new SubmitEscrowSignature(Given.Player(player), played.EntryOf(player).Id, $"30{player:x2}", played.Now));

    /// <summary>What the chain shows of all escrows.</summary>
    public static EscrowsSeen Sight(Played played, EscrowSight sight, int tip) => new(
        [.. played.Roster.Tickets.Where(ticket => ticket.Escrow is { MayBeOut: true }).Select(ticket => new EscrowSighting(ticket.Escrow!.OutPoint, sight))],
        tip, played.Now);

    public static Played SeeEscrows(this Played played, EscrowSight sight, int tip = Height + 5) => played.Learn(Sight(played, sight, tip));

    /// <summary>What the chain shows of one of them.</summary>
    public static Played SeeEscrow(this Played played, int player, EscrowSight sight, int tip = Height + 5)
        => played.Learn(new EscrowsSeen([new EscrowSighting(played.TicketOf(player).Escrow!.OutPoint, sight)], tip, played.Now));
}
