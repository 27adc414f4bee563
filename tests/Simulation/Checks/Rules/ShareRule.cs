using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>
/// What the coordinator takes of a contract is its own: a close or a sell-back only of what was paid, a reclaim only of an unsold seat or by the
/// operator's release, the outcome's reclaim only where every winner's seat is unsold (D16, D19, D20).
/// </summary>
internal sealed class ShareRule(Evidence evidence) : Rule(evidence)
{
    public override string Name => "reclaim";

    internal override void OnSent(Transaction transaction) => CheckSpends(transaction);

    internal override void OnTransaction(Transaction transaction) => CheckSpends(transaction);

    private void CheckSpends(Transaction transaction)
    {
        foreach (var input in transaction.Inputs)
        {
            foreach (var contract in Evidence.Contracts.Where(contract => contract.Locks(input.PreviousOutput)))
            {
                var spent = input.PreviousOutput;
                if (spent == contract.Pool)
                {
                    Check(contract.Outcomes.ContainsKey(transaction.Txid), () => $"{contract.Competition}: {transaction.Txid} spends the pool and is not of the contract");
                }
                else if (contract.Outcomes.TryGetValue(spent.Txid, out var outcome))
                {
                    CheckOutcomeSpend(contract, outcome, transaction, input);
                }
                else if (contract.Splits.TryGetValue(spent.Txid, out var split))
                {
                    CheckShareSpend(contract, split, transaction, input);
                }
            }
        }
    }

    private void CheckOutcomeSpend(AuditedContract contract, Outcome outcome, Transaction transaction, TxIn input)
    {
        if (transaction.Txid == contract.Dlc.SplitTxid(outcome))
        {
            return;
        }

        var seats = Evidence.SeatsOf(contract).Where(seat => contract.Shares(outcome).Any(share => share.Player == seat.Player)).ToList();
        if (input.Witness.Length == 1)
        {
            Check(seats.TrueForAll(IsPaid), () => $"{contract.Competition}: {transaction.Txid} closes {outcome} although not every winner is paid");
        }
        else
        {
            Check(input.Witness.Length >= 2 && new Script(input.Witness[^2]).Equals(contract.Dlc.OutcomeOutput(outcome).ReclaimLeaf.Script)
                && seats.TrueForAll(seat => Evidence.IsUnsold(seat.Ticket)), () =>
                $"{contract.Competition}: {transaction.Txid} takes back {outcome} although a winner's seat is not unsold");
        }
    }

    private void CheckShareSpend(AuditedContract contract, Outcome outcome, Transaction transaction, TxIn input)
    {
        var player = contract.Shares(outcome).First(share => contract.ShareOutput(outcome, share.Player) == input.PreviousOutput).Player;
        if (Evidence.SeatsOf(contract).FirstOrDefault(seat => seat.Player == player) is not { } seat)
        {
            Check(false, () => $"{contract.Competition}: the share of player {player} has no seat");
            return;
        }

        var end = Evidence.EndOf(contract, player, input.Witness);
        var holds = end switch
        {
            ShareEnd.Win => true,
            ShareEnd.Close or ShareEnd.SellBack => IsPaid(seat),
            ShareEnd.Reclaim => Evidence.IsUnsold(seat.Ticket) || IsPaid(seat) || ((IsReleased(seat) || IsGraceOver(seat, input.PreviousOutput.Txid)) && !HasPayment(seat)),
            _ => false,
        };
        Check(holds, () => $"{contract.Competition}: {transaction.Txid} takes the share of entry {seat.Entry} by {end}; paid {IsPaid(seat)}, "
            + $"unsold {Evidence.IsUnsold(seat.Ticket)}, released {IsReleased(seat)}");
    }

    private bool IsPaid(Seat seat) => Evidence.PaymentsFor(seat.Contract.Competition, seat.Entry).Any(payment => payment.Status == PaymentStatus.Succeeded);

    private bool HasPayment(Seat seat) => Evidence.PaymentsFor(seat.Contract.Competition, seat.Entry).Any(payment => payment.Status == PaymentStatus.InFlight);

    /// <summary>The terms may give a grace in blocks after which an unclaimed share is the coordinator's (D20).</summary>
    private bool IsGraceOver(Seat seat, Txid split) => seat.Contract.Terms.ReclaimGrace is { } grace
        && Evidence.Depth(split) > (2 * seat.Contract.Terms.Delta) + grace - 2;

    private bool IsReleased(Seat seat) => Evidence.Document(seat.Contract.Competition)?.State is LiveState live && live.Live.Released.Contains(seat.Entry);
}
