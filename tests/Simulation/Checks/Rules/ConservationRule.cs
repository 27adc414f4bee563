using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Coordinator.Simulators.Chain;

namespace Coordinator.Simulation;

/// <summary>
/// No satoshi of the coordinator, the pools or the players goes to anybody unknown, fees stay below half of what is spent, and at the end the
/// buckets sum to what was put in: coordinator, players, pools, anchors, miners (D23). The same on Lightning, to the millisatoshi.
/// </summary>
internal sealed class ConservationRule(Evidence evidence) : Rule(evidence)
{
    private const long MostAnchor = 1_000;
    private const long MostOfPool = 10;
    private readonly HashSet<OutPoint> _ours = [];

    public override string Name => "conservation";

    internal override void OnSent(Transaction transaction)
    {
        var inputs = transaction.Inputs.Select(input => Evidence.Find(input.PreviousOutput.Txid)?.Outputs[(int)input.PreviousOutput.Vout]).ToList();
        if (inputs.TrueForAll(input => input is not null))
        {
            var put = inputs.Sum(input => input!.Value.Value);
            var fee = put - transaction.OutputValue.Value;
            var most = BumpOf(transaction) is { } bumped ? bumped.Terms.Pool.Value / MostOfPool : put / 2;
            Check(fee <= most, () => $"{transaction.Txid} pays {fee} of {put} sat to miners, {most} at most");
        }
    }

    /// <summary>The contract whose transaction this is a bumping child of: what it pays, it pays for its parent (D22).</summary>
    private AuditedContract? BumpOf(Transaction transaction) => !transaction.Inputs.Any(IsBumping) ? null
        : Evidence.Contracts.FirstOrDefault(contract => transaction.Inputs.Select(input => input.PreviousOutput).Any(spent =>
            !contract.Locks(spent) && (spent.Txid == contract.Pool.Txid || contract.Outcomes.ContainsKey(spent.Txid) || contract.Splits.ContainsKey(spent.Txid))));

    private bool IsBumping(TxIn input)
        => Evidence.Find(input.PreviousOutput.Txid)?.Outputs[(int)input.PreviousOutput.Vout] is { } spent
            && (spent.ScriptPubKey.Equals(Script.PayToAnchor)
                || Evidence.Reservations.Any(coin => coin.Outpoint == input.PreviousOutput.ToString() && coin.Owner.StartsWith("bump/", StringComparison.Ordinal)));

    internal override void OnTransaction(Transaction transaction)
    {
        var spends = transaction.Inputs.Any(input => _ours.Contains(input.PreviousOutput));
        foreach (var (index, output) in transaction.Outputs.Index())
        {
            var outpoint = transaction.OutPoint((uint)index);
            var bucket = BucketOf(outpoint, output);
            if (spends)
            {
                Check(bucket is not null, () => $"{output.Value.Value} sat of {transaction.Txid} go to {output.ScriptPubKey.ToHex()}, which is nobody's");
                _ours.Add(outpoint);
            }
            else if (bucket is "coordinator" or "players")
            {
                _ours.Add(outpoint);
            }
        }
    }

    internal override void OnTip(Block tip) => CheckLightning();

    internal override void OnEnd()
    {
        CheckChain();
        CheckLightning();
    }

    private string? BucketOf(OutPoint outpoint, TxOut output)
        => Evidence.World.IsCoordinatorScript(output.ScriptPubKey) ? "coordinator"
            : Evidence.World.Players.Any(player => player.ChainScript.Equals(output.ScriptPubKey)) ? "players"
            : Evidence.World.OutsiderScripts.Contains(output.ScriptPubKey) ? "outsiders"
            : Evidence.Contracts.Any(contract => contract.Locks(outpoint)) ? "pools"
            : output.ScriptPubKey.Equals(Script.PayToAnchor) && output.Value.Value <= MostAnchor ? "anchors"
            : null;

    /// <summary>Walks the whole chain: what came in from outside is what the buckets hold and what the miners took.</summary>
    private void CheckChain()
    {
        var outputs = new Dictionary<OutPoint, TxOut>();
        long put = 0, fees = 0;
        foreach (var transaction in Evidence.Blocks.SelectMany(block => block.Transactions))
        {
            var spent = transaction.Inputs.Where(input => outputs.ContainsKey(input.PreviousOutput)).ToList();
            var inside = spent.Sum(input => outputs[input.PreviousOutput].Value.Value);
            spent.ForEach(input => outputs.Remove(input.PreviousOutput));
            var kept = transaction.Outputs.Index()
                .Where(output => _ours.Contains(transaction.OutPoint((uint)output.Index))).ToList();
            kept.ForEach(output => outputs[transaction.OutPoint((uint)output.Index)] = output.Item);
            var paid = kept.Sum(output => output.Item.Value.Value);
            var outside = spent.Count == 0 ? paid : OutsideValue(transaction, spent);
            put += outside;
            fees += inside + outside - paid;
        }

        var buckets = outputs.GroupBy(output => BucketOf(output.Key, output.Value) ?? "nobody")
            .ToDictionary(group => group.Key, group => group.Sum(output => output.Value.Value.Value));
        var held = buckets.Values.Sum();
        Check(held + fees == put && !buckets.ContainsKey("nobody") && fees >= 0, () =>
            $"{put} sat came in, {fees} went to miners and {held} are there: {string.Join(", ", buckets.Select(bucket => $"{bucket.Key} {bucket.Value}"))}");
    }

    private long OutsideValue(Transaction transaction, List<TxIn> spent) => transaction.Inputs.Except(spent)
        .Sum(input => Evidence.Find(input.PreviousOutput.Txid)?.Outputs[(int)input.PreviousOutput.Vout].Value.Value ?? 0);

    private void CheckLightning()
    {
        try
        {
            Evidence.World.Lightning.CheckInvariants();
        }
        catch (InvalidOperationException broken)
        {
            Check(false, () => broken.Message);
        }

        foreach (var (node, start) in Evidence.Starts)
        {
            var view = Evidence.World.Lightning.FindNode(node)!;
            var came = Evidence.InvoicesOf(node).Where(invoice => invoice.State == InvoiceState.Settled).Sum(invoice => invoice.PaidMsat);
            var paid = Evidence.PaymentsOf(node).Where(payment => payment.Status == PaymentStatus.Succeeded).Sum(payment => payment.ValueMsat + payment.FeeMsat);
            Check(view.LocalMsat + view.HeldOutgoingMsat == start + came - paid, () =>
                $"{node} has {view.LocalMsat} msat and {view.HeldOutgoingMsat} on the way; it had {start}, was paid {came} and paid {paid}");
        }
    }
}
