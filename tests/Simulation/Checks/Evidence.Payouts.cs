using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>Whose payment and whose share something is.</summary>
internal sealed partial class Evidence
{
    private readonly Dictionary<Hash32, (Guid Competition, Payout Payout)> _payouts = [];

    /// <summary>Every payout that ever stood on the disk.</summary>
    public IEnumerable<(Guid Competition, Payout Payout)> Payouts => _payouts.Values;

    /// <summary>The payout of this payment hash; only what stands on the disk counts.</summary>
    public (Guid Competition, Payout Payout)? PayoutOf(Hash32 hash) => _payouts.TryGetValue(hash, out var found) ? found : null;

    /// <summary>The coordinator's payments for an entry, whatever became of them.</summary>
    public IEnumerable<SimulatedPayment> PaymentsFor(Guid competition, Guid entry) => _payouts.Values
        .Where(payout => payout.Competition == competition && payout.Payout.Entry == entry)
        .Select(payout => Payment(payout.Payout.PaymentHash)).OfType<SimulatedPayment>();

    public bool IsSold(Hash32 ticket) => Invoice(ticket)?.State == InvoiceState.Settled;

    /// <summary>Cancelled, or never made.</summary>
    public bool IsUnsold(Hash32 ticket) => Invoice(ticket)?.State is null or InvoiceState.Canceled;

    /// <summary>The seats of a contract: entry and ticket by the roster, the index by the ticket's hash in the contract itself.</summary>
    public IEnumerable<Seat> SeatsOf(AuditedContract contract) => Document(contract.Competition)?.State is not { } state ? []
        : from ticket in state.Header.Roster.Tickets
          where ticket.Entry is not null
          select new Seat(contract, ticket.Entry!.Id, ticket.Hash, contract.IndexOfTicket(ticket.Hash));

    public Seat? SeatOf(Guid competition, Guid entry) => Contract(competition) is { } contract
        ? SeatsOf(contract).FirstOrDefault(seat => seat.Entry == entry && seat.Player >= 0)
        : null;

    /// <summary>How the seat's share was spent, if it was, by a confirmed transaction.</summary>
    public (Transaction By, ShareEnd How)? ShareSpend(Seat seat)
    {
        var contract = seat.Contract;
        if (ConfirmedSpenderOf(contract.Pool) is not { } decided || !contract.Outcomes.TryGetValue(decided.Txid, out var outcome)
            || contract.Shares(outcome).All(share => share.Player != seat.Player))
        {
            return null;
        }

        var output = contract.ShareOutput(outcome, seat.Player);
        return ConfirmedSpenderOf(output) is { } by
            ? (by, EndOf(contract, seat.Player, by.Inputs.First(input => input.PreviousOutput == output).Witness))
            : null;
    }

    public static ShareEnd EndOf(AuditedContract contract, int player, ImmutableArray<byte[]> witness)
    {
        var output = contract.Dlc.SplitOutput(player);
        var leaf = witness.Length >= 3 ? new Script(witness[^2]) : null;
        return witness.Length == 1 ? ShareEnd.Close
            : leaf is null ? ShareEnd.Unknown
            : leaf.Equals(output.WinLeaf.Script) ? ShareEnd.Win
            : leaf.Equals(output.SellbackLeaf.Script) ? ShareEnd.SellBack
            : leaf.Equals(output.ReclaimLeaf.Script) ? ShareEnd.Reclaim
            : ShareEnd.Unknown;
    }

    private void NotePayouts(Guid id, CompetitionState state)
    {
        foreach (var payout in (state as LiveState)?.Live.Payouts ?? [])
        {
            // A hash that was tried again keeps its first owner: the rules look at that.
            _payouts.TryAdd(payout.PaymentHash, (id, payout));
        }
    }
}
