using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>An entry has one live payment at most, a payment hash pays once, and what was paid over Lightning is not also claimed on chain.</summary>
internal sealed class OnePayoutRule(Evidence evidence) : Rule(evidence)
{
    private readonly Dictionary<Hash32, (Guid Competition, Guid Entry)> _owners = [];
    private readonly HashSet<Hash32> _paid = [];

    public override string Name => "one-payout";

    internal override void OnPayment(string node, SimulatedPayment? before, SimulatedPayment after)
    {
        if (node != Evidence.World.CoordinatorNode || before?.Status == after.Status || after.Status == PaymentStatus.Failed)
        {
            return;
        }

        var hash = Hash32.From(after.Hash.ToBytes());
        if (after.Status == PaymentStatus.Succeeded)
        {
            Check(_paid.Add(hash), () => $"the payment {hash} succeeded twice");
        }

        if (Evidence.PayoutOf(hash) is { } intent)
        {
            var owner = (intent.Competition, intent.Payout.Entry);
            Check(_owners.GetValueOrDefault(hash, owner) == owner, () => $"the payment hash {hash} is used for {_owners[hash].Entry} and for {owner.Entry}");
            _owners[hash] = owner;
            var live = Evidence.PaymentsFor(intent.Competition, intent.Payout.Entry).Where(payment => payment.Status != PaymentStatus.Failed).ToList();
            Check(live.Count <= 1, () => $"{intent.Competition}: entry {intent.Payout.Entry} has {live.Count} live payments: {string.Join(", ", live.Select(payment => payment.Hash))}");
        }
    }

    internal override void OnEnd()
    {
        foreach (var seat in Evidence.Contracts.SelectMany(Evidence.SeatsOf))
        {
            var paid = Evidence.PaymentsFor(seat.Contract.Competition, seat.Entry).Count(payment => payment.Status == PaymentStatus.Succeeded);
            var claimed = Evidence.ShareSpend(seat) is { How: ShareEnd.Win };
            Check(paid <= 1 && !(paid == 1 && claimed), () =>
                $"{seat.Contract.Competition}: entry {seat.Entry} was paid {paid} times over Lightning and {(claimed ? "took" : "did not take")} its share on chain");
        }
    }
}
