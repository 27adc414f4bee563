using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>An input that the wallet does not sign.</summary>
/// <param name="OutPoint">What it spends.</param>
/// <param name="Output">That output.</param>
/// <param name="Weight">The most that the signed input weighs.</param>
public sealed record ForeignInput(OutPoint OutPoint, TxOut Output, Weight Weight);

/// <summary>Payments from coins of the wallet and inputs of others: always with a coin of the wallet, which pays the fee, and always with change.</summary>
internal static class MixedPaymentBuilder
{
    public static Choice<PreparedPayment> Build(
        SpendOrder order, IReadOnlyList<TxOut> paid, List<WalletOutput> candidates, Derivation change, Script changeScript)
    {
        if (order.DrainTo is not null)
        {
            throw new ArgumentException("inputs of others are not drained", nameof(order));
        }

        var least = Math.Max(order.LeastChange.Value, TransactionWeights.DustLimit(changeScript).Value);
        foreach (var coins in Attempts(candidates))
        {
            var fee = order.FeeRate.FeeCeiling(WeightOf(order, paid, coins.Count, changeScript)).Value;
            var rest = Sum(order, coins) - paid.Sum(output => output.Value.Value) - fee;
            if (rest >= least)
            {
                return fee > order.MostFee?.Value
                    ? Choice<PreparedPayment>.No(WalletRefusal.FeeAboveLimit, $"the fee is {fee} sat, the limit {order.MostFee}")
                    : Assemble(order, [.. paid, new TxOut(Satoshis.Of(rest), changeScript)], coins, change, fee);
            }
        }

        return Choice<PreparedPayment>.No(
            WalletRefusal.InsufficientFunds,
            $"{paid.Sum(output => output.Value.Value)} sat, fees at {order.FeeRate} and change are needed beside {order.Foreign.Sum(input => input.Output.Value.Value)} sat "
            + $"of others; {candidates.Sum(coin => coin.Output.Value.Value)} sat are free with {order.LeastConfirmations} confirmations");
    }

    /// <summary>Each single coin from small to large, then more and more, largest first.</summary>
    private static IEnumerable<IReadOnlyList<WalletOutput>> Attempts(List<WalletOutput> candidates)
    {
        var ascending = candidates.OrderBy(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).ToList();
        foreach (var coin in ascending)
        {
            yield return [coin];
        }

        for (var count = 2; count <= Math.Min(200, ascending.Count); count++)
        {
            yield return ascending[^count..];
        }
    }

    private static long Sum(SpendOrder order, IReadOnlyList<WalletOutput> coins)
        => order.Foreign.Sum(input => input.Output.Value.Value) + coins.Sum(coin => coin.Output.Value.Value);

    private static Weight WeightOf(SpendOrder order, IReadOnlyList<TxOut> paid, int coins, Script change) => order.Foreign.Aggregate(
        TransactionWeights.Of(coins, 0, [.. paid.Select(output => output.ScriptPubKey), change]), (sum, input) => sum + input.Weight);

    private static Choice<PreparedPayment> Assemble(
        SpendOrder order, List<TxOut> outputs, IReadOnlyList<WalletOutput> coins, Derivation change, long fee)
    {
        var inputs = order.Foreign.Select(input => (input.OutPoint, Input: new PreparedInput(input.Output, null)))
            .Concat(coins.Select(coin => (coin.OutPoint, Input: new PreparedInput(coin.Output, (Derivation?)coin.Derivation))))
            .OrderBy(input => input.OutPoint).ToList();
        var payment = new PreparedPayment(
            new Transaction(2, inputs.Select(input => new TxIn(input.OutPoint, TxIn.SequenceReplaceable)), outputs, 0),
            [.. inputs.Select(input => input.Input)], Satoshis.Of(fee), (uint)(outputs.Count - 1), change);
        return new Choice<PreparedPayment>([.. coins.Select(coin => new ReservedCoin(coin.OutPoint, coin.Output.Value))], payment);
    }
}
