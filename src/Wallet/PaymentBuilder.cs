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

        if (order.OnlyFrom is { } only && view.Outputs.All(output => !output.Output.ScriptPubKey.Equals(only)))
        {
            return Choice<PreparedPayment>.No(WalletRefusal.NotSpendable, $"nothing was ever paid to {only.ToHex()}, or it is not the wallet's");
        }

        var spendable = view.Spendable(order.LeastConfirmations).Where(coin => order.OnlyFrom is null || coin.Output.ScriptPubKey.Equals(order.OnlyFrom)).ToList();
        var candidates = spendable.Where(coin => taken.MayUse(coin.OutPoint)).ToList();
        var change = new Derivation(Keychain.Internal, view.NextInternal);
        if (order.Foreign.Count > 0)
        {
            return MixedPaymentBuilder.Build(order, Paid(order, view, addresses), candidates, change, addresses.Output(change).ScriptPubKey);
        }

        var request = new SelectionRequest(
            Paid(order, view, addresses), order.DrainTo ?? addresses.Output(change).ScriptPubKey, order.FeeRate, order.LeastChange)
        { MostFee = order.MostFee };
        var worthwhile = Worthwhile(candidates, request);
        var selection = order.DrainTo is null ? CoinSelection.Choose(candidates, request)
            : worthwhile.Count == 0 ? null
            : CoinSelection.TryWith(worthwhile, request);
        return selection is null ? TooLittle(order, spendable, candidates, worthwhile)
            : selection.Fee > order.MostFee
                ? Choice<PreparedPayment>.No(WalletRefusal.FeeAboveLimit, $"the fee is {selection.Fee} at {order.FeeRate}, the limit {order.MostFee}")
                : Build(order, selection, request, change);
    }

    private static Choice<PreparedPayment> TooLittle(
        SpendOrder order, List<WalletOutput> spendable, List<WalletOutput> candidates, List<WalletOutput> worthwhile)
    {
        var free = candidates.Sum(coin => coin.Output.Value.Value);
        var have = $"{free} sat are free with {order.LeastConfirmations} confirmations, {spendable.Sum(coin => coin.Output.Value.Value) - free} sat are reserved";
        return order.DrainTo is null
            ? Choice<PreparedPayment>.No(
                WalletRefusal.InsufficientFunds,
                $"{order.Outputs.Sum(output => output.Value.Value) + order.KeepBack.Value} sat and fees at {order.FeeRate} are needed; {have}")
            : worthwhile.Count == 0
                ? Choice<PreparedPayment>.No(WalletRefusal.InsufficientFunds, $"no coin is free that is worth more than its fee at {order.FeeRate}; {have}")
                : Choice<PreparedPayment>.No(
                    WalletRefusal.Dust, $"after fees at {order.FeeRate} less than the dust limit {TransactionWeights.DustLimit(order.DrainTo)} remains; {have}");
    }

    private static IReadOnlyList<TxOut> Paid(SpendOrder order, WalletView view, WalletAddresses addresses)
        => order.KeepBack == Satoshis.Zero
            ? order.Outputs
            : [.. order.Outputs, new TxOut(order.KeepBack, addresses.Output(new Derivation(Keychain.Internal, view.NextInternal + 1)).ScriptPubKey)];

    /// <summary>What a drain takes: the largest coins that are worth more than their fee.</summary>
    private static List<WalletOutput> Worthwhile(List<WalletOutput> candidates, SelectionRequest request)
    {
        var inputFee = request.FeeRate.FeeCeiling(TransactionWeights.TaprootKeyInput);
        return [.. candidates.Where(coin => coin.Output.Value > inputFee)
            .OrderByDescending(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).Take(request.MostInputs)];
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
