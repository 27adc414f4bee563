using Coordinator.Bitcoin;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>
/// A payment that leaves is a winner's: its intent is on the disk, its seat is sold, and it is exactly the share that the confirmed, deep enough spender
/// of the pool gives this winner (money rules 3 and 6, D16, D18).
/// </summary>
internal sealed class PayoutRule(Evidence evidence) : Rule(evidence)
{
    public override string Name => "payouts";

    internal override void OnPayment(string node, SimulatedPayment? before, SimulatedPayment after)
    {
        if (node != Evidence.World.CoordinatorNode || before?.Index == after.Index)
        {
            return;
        }

        var hash = Hash32.From(after.Hash.ToBytes());
        if (Evidence.PayoutOf(hash) is not { } intent)
        {
            Check(false, () => $"the payment {hash} of {after.ValueMsat} msat left without an intent on the disk");
            return;
        }

        var (id, entry) = (intent.Competition, intent.Payout.Entry);
        if (Evidence.SeatOf(id, entry) is not { } seat)
        {
            Check(false, () => $"{id}: entry {entry} is paid and has no seat in the contract");
            return;
        }

        Check(Evidence.IsSold(seat.Ticket), () => $"{id}: entry {entry} is paid, its seat's invoice is {Evidence.Invoice(seat.Ticket)?.State.ToString() ?? "unknown"}");
        CheckAmount(seat, entry, after);
    }

    /// <summary>A reorganisation may have taken the spender away in the moment before: it counts where it once was deep enough and no other one
    /// is now.</summary>
    private void CheckAmount(Seat seat, Guid entry, SimulatedPayment payment)
    {
        var contract = seat.Contract;
        var depth = contract.Terms.Profile.PayoutDepth;
        var now = Evidence.ConfirmedSpenderOf(contract.Pool);
        var opened = contract.Outcomes
            .Where(outcome => Evidence.Deepest(outcome.Key) >= depth && (now is null || now.Txid == outcome.Key))
            .Select(outcome => outcome.Value).ToList();
        Check(opened.Count > 0, () => $"{contract.Competition}: entry {entry} is paid before a transaction of the contract that spends the pool has {depth} confirmations");
        var shares = opened.SelectMany(outcome => contract.Shares(outcome)).Where(share => share.Player == seat.Player).Select(share => share.Share).ToList();
        Check(opened.Count == 0 || shares.Contains(payment.ValueMsat / 1_000), () =>
            $"{contract.Competition}: entry {entry} is paid {payment.ValueMsat} msat, its share under {string.Join("/", opened)} is {string.Join("/", shares)} sat");
        Check(payment.ValueMsat % 1_000 == 0, () => $"{contract.Competition}: entry {entry} is paid {payment.ValueMsat} msat, no whole satoshis");
    }
}
