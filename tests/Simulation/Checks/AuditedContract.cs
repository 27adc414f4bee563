using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Simulation;

/// <summary>One competition's contract, derived anew from its stored parameters: which transactions are its own and what each pays to whom.</summary>
internal sealed class AuditedContract
{
    public AuditedContract(Guid competition, Header header, ContractRef named, byte[] parameters)
    {
        (Competition, Terms, Named) = (competition, header.Terms, named);
        Dlc = TicketedDlc.Create(ContractParameters.Parse(parameters), named.FundingOutpoint);
        foreach (var payout in Dlc.Outcomes)
        {
            Outcomes[Dlc.OutcomeTxid(payout.Outcome)] = payout.Outcome;
            Splits[Dlc.SplitTxid(payout.Outcome)] = payout.Outcome;
        }
    }

    public Guid Competition { get; }

    public CompetitionTerms Terms { get; }

    public ContractRef Named { get; }

    public TicketedDlc Dlc { get; }

    public Dictionary<Txid, Outcome> Outcomes { get; } = [];

    public Dictionary<Txid, Outcome> Splits { get; } = [];

    public OutPoint Pool => Dlc.FundingOutpoint;

    /// <summary>Whether an output is locked in the contract: pool, outcome, or a share.</summary>
    public bool Locks(OutPoint output) => output == Pool
        || (output.Vout == 0 && Outcomes.ContainsKey(output.Txid))
        || (Splits.TryGetValue(output.Txid, out var outcome) && output.Vout < Dlc.Payouts(outcome).Length);

    /// <summary>The contract's players who win under an outcome, with what each gets.</summary>
    public IEnumerable<(int Player, long Share)> Shares(Outcome outcome) => Dlc.WinConditions
        .Where(win => win.Outcome == outcome)
        .Select(win => (win.PlayerIndex, Dlc.PayoutOf(win).Value));

    /// <summary>The output of the split that is a player's.</summary>
    public OutPoint ShareOutput(Outcome outcome, int player)
        => new(Dlc.SplitTxid(outcome), (uint)Dlc.SplitOutputIndex(new WinCondition(outcome, player)));

    /// <summary>The player index of a ticket's seat, by its hash in the contract; −1 where it is not in it.</summary>
    public int IndexOfTicket(Hash32 hash)
    {
        for (var index = 0; index < Dlc.Parameters.Players.Length; index++)
        {
            if (TicketHash(index) == hash)
            {
                return index;
            }
        }

        return -1;
    }

    public Hash32 TicketHash(int player) => Hash32.From(Dlc.Parameters.Players[player].TicketHash.Bytes);

    public Hash32 PayoutHash(int player) => Hash32.From(Dlc.Parameters.Players[player].PayoutHash.Bytes);
}
