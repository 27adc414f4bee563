using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Builds payments: outputs as ordered, change last, inputs in order of their names, version 2, replaceable, no lock time.</summary>
internal static class PaymentBuilder
{
    public static Choice<PreparedPayment> Spend(SpendOrder order, WalletView view, TakenCoins taken, WalletAddresses addresses)
    {
        if (order.Outputs.Count == 0 == (order.DrainTo is null))
        {
            throw new ArgumentException("either outputs or a script to drain to are ordered", nameof(order));
        }

        if (order.Outputs.FirstOrDefault(output => output.Value < TransactionWeights.DustLimit(output.ScriptPubKey)) is { } dust)
        {
            return Choice<PreparedPayment>.No(WalletRefusal.Dust, $"an output of {dust.Value} is below the dust limit {TransactionWeights.DustLimit(dust.ScriptPubKey)}");
        }

        var candidates = view.Spendable(order.LeastConfirmations).Where(coin => taken.MayUse(coin.OutPoint)
            && (order.OnlyFrom is null || coin.Output.ScriptPubKey.Equals(order.OnlyFrom))).ToList();
        var change = new Derivation(Keychain.Internal, view.NextInternal);
        var request = new SelectionRequest(
            Paid(order, view, addresses), order.DrainTo ?? addresses.Output(change).ScriptPubKey, order.FeeRate, order.LeastChange);
        var selection = order.DrainTo is null ? CoinSelection.Choose(candidates, request) : Drain(candidates, request);
        if (selection is null)
        {
            var free = candidates.Sum(coin => coin.Output.Value.Value);
            return Choice<PreparedPayment>.No(
                WalletRefusal.InsufficientFunds,
                $"{order.Outputs.Sum(output => output.Value.Value) + order.KeepBack.Value} sat and fees at {order.FeeRate} are needed; {free} sat are free with {order.LeastConfirmations} confirmations");
        }

        return selection.Fee > order.MostFee
            ? Choice<PreparedPayment>.No(WalletRefusal.FeeAboveLimit, $"the fee is {selection.Fee}, the limit {order.MostFee}")
            : Build(order, selection, request, change);
    }

    private static IReadOnlyList<TxOut> Paid(SpendOrder order, WalletView view, WalletAddresses addresses)
        => order.KeepBack == Satoshis.Zero
            ? order.Outputs
            : [.. order.Outputs, new TxOut(order.KeepBack, addresses.Output(new Derivation(Keychain.Internal, view.NextInternal + 1)).ScriptPubKey)];

    private static Selection? Drain(List<WalletOutput> candidates, SelectionRequest request)
    {
        var inputFee = request.FeeRate.FeeCeiling(TransactionWeights.TaprootKeyInput);
        var worthwhile = candidates.Where(coin => coin.Output.Value > inputFee)
            .OrderByDescending(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).Take(request.MostInputs).ToList();
        return worthwhile.Count == 0 ? null : CoinSelection.TryWith(worthwhile, request);
    }

    private static Choice<PreparedPayment> Build(SpendOrder order, Selection selection, SelectionRequest request, Derivation change)
    {
        var (paid, changeScript) = (request.Outputs, request.ChangeScript);
        List<TxOut> outputs = [.. paid];
        if (selection.Change is { } rest)
        {
            outputs.Add(new TxOut(rest, changeScript));
        }

        var ownChange = selection.Change is not null && order.DrainTo is null;
        var unsigned = new Transaction(2, selection.Coins.Select(coin => new TxIn(coin.OutPoint, TxIn.SequenceReplaceable)), outputs, 0);
        var payment = new PreparedPayment(
            unsigned,
            [.. selection.Coins.Select(coin => new PreparedInput(coin.Output, coin.Derivation))],
            selection.Fee,
            ownChange ? (uint)(outputs.Count - 1) : null,
            ownChange ? change : null);
        return new Choice<PreparedPayment>([.. selection.Coins.Select(coin => new ReservedCoin(coin.OutPoint, coin.Output.Value))], payment);
    }
}
