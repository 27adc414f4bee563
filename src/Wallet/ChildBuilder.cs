using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Builds fee-bumping children in the form of <c>dlctix02.md</c> §5: the parent's output first, then own coins, one output of change.</summary>
internal static class ChildBuilder
{
    private const int MostCoins = 20;

    /// <summary>The output of the parent that is spent.</summary>
    private sealed record Handle(OutPoint OutPoint, TxOut Output, Derivation? Derivation)
    {
        public bool IsAnchor => Derivation is null;
    }

    public static Choice<PreparedPayment> Build(ChildOrder order, WalletView view, TakenCoins taken, WalletAddresses addresses)
    {
        if (HandleOf(order, view, addresses) is not { } handle)
        {
            return Choice<PreparedPayment>.No(WalletRefusal.NotSpendable, $"output {order.Output} of {order.Parent.Txid} is no anchor and not the wallet's");
        }

        var replaced = Replaced(order, view);
        var rivals = Rivals(order, handle, replaced);
        var free = view.Spendable(Math.Max(1, order.LeastConfirmations))
            .Where(coin => coin.OutPoint != handle.OutPoint && (order.OnlyReserved ? taken.IsOwn(coin.OutPoint) : taken.MayUse(coin.OutPoint)))
            .Where(coin => replaced.TrueForAll(again => again.OutPoint != coin.OutPoint))
            .OrderByDescending(coin => taken.IsOwn(coin.OutPoint)).ThenBy(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).ToList();
        var change = new Derivation(Keychain.Internal, view.NextInternal);
        var script = addresses.Output(change).ScriptPubKey;
        foreach (var coins in Attempts(replaced, free))
        {
            var (fee, least) = FeeOf(order, handle, coins.Count, script, rivals);
            var paid = order.UpToMostFee && order.MostFee?.Value < fee && order.MostFee.Value.Value >= least ? order.MostFee.Value.Value : fee;
            var rest = handle.Output.Value.Value + coins.Sum(coin => coin.Output.Value.Value) - paid;
            if (rest >= TransactionWeights.DustLimit(script).Value)
            {
                return paid > order.MostFee?.Value
                    ? Choice<PreparedPayment>.No(WalletRefusal.FeeAboveLimit, $"the child's fee is {paid} sat, the limit {order.MostFee}")
                    : Assemble(handle, coins, new TxOut(Satoshis.Of(rest), script), change, paid);
            }
        }

        return Choice<PreparedPayment>.No(
            WalletRefusal.InsufficientFunds, $"no coins to pay a child of {order.Parent.Txid} at {order.FeeRate}; {free.Sum(coin => coin.Output.Value.Value)} sat are free");
    }

    /// <summary>Nothing added, each single coin from small to large (reserved ones first), then more and more, largest first.</summary>
    private static IEnumerable<IReadOnlyList<WalletOutput>> Attempts(IReadOnlyList<WalletOutput> always, List<WalletOutput> free)
    {
        yield return always;
        foreach (var coin in free)
        {
            yield return [.. always, coin];
        }

        var largest = free.OrderByDescending(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).ToList();
        for (var count = 2; count <= Math.Min(MostCoins, largest.Count); count++)
        {
            yield return [.. always, .. largest.Take(count)];
        }
    }

    private static Handle? HandleOf(ChildOrder order, WalletView view, WalletAddresses addresses)
    {
        if (order.Output >= order.Parent.Outputs.Length)
        {
            return null;
        }

        var output = order.Parent.Outputs[(int)order.Output];
        var outpoint = order.Parent.OutPoint(order.Output);
        if (output.ScriptPubKey.Equals(Script.PayToAnchor))
        {
            return new Handle(outpoint, output, null);
        }

        var places = Range(Keychain.Internal, view.NextInternal).Concat(Range(Keychain.External, view.NextExternal));
        foreach (var place in places)
        {
            if (addresses.Output(place).ScriptPubKey.Equals(output.ScriptPubKey))
            {
                return new Handle(outpoint, output, place);
            }
        }

        return null;

        // The parent may not be known to the chain source yet, so its change may be on an index not counted as used.
        static IEnumerable<Derivation> Range(Keychain keychain, uint next)
            => Enumerable.Range(0, (int)next + 20).Reverse().Select(index => new Derivation(keychain, (uint)index));
    }

    private static List<WalletOutput> Replaced(ChildOrder order, WalletView view)
    {
        if (order.Replaces is not { } earlier)
        {
            return [];
        }

        var spends = earlier.Inputs.Select(input => input.PreviousOutput).Where(point => point != order.Parent.OutPoint(order.Output)).ToList();
        var known = view.Outputs.Where(output => !output.IsSpent || output.SpentBy == earlier.Txid).ToDictionary(output => output.OutPoint);
        return [.. spends.Where(known.ContainsKey).Select(point => known[point])];
    }

    /// <summary>What the child drives out: its own earlier form, a stranger's, or nothing.</summary>
    private static List<RivalChild> Rivals(ChildOrder order, Handle handle, List<WalletOutput> replaced)
    {
        List<RivalChild> rivals = order.Rival is { } stranger ? [stranger] : [];
        if (order.Replaces is { } earlier)
        {
            var fee = handle.Output.Value.Value + replaced.Sum(coin => coin.Output.Value.Value) - earlier.OutputValue.Value;
            rivals.Add(new RivalChild(Satoshis.Of(Math.Max(0, fee)), earlier.Weight.VirtualBytes));
        }

        return rivals;
    }

    /// <summary>What the rate asks for, and the least that nodes take at all: their relay fee, and in place of a rival more in all and for each byte.</summary>
    private static (long Asked, long Least) FeeOf(ChildOrder order, Handle handle, int coins, Script change, List<RivalChild> rivals)
    {
        var own = handle.IsAnchor ? coins : coins + 1;
        var weight = TransactionWeights.Of(own, handle.IsAnchor ? 1 : 0, [change]);
        var size = weight.VirtualBytes;
        var together = Weight.Of((order.Parent.Weight.VirtualBytes + size) * 4);
        var alone = Weight.Of(size * 4);
        var least = rivals.Aggregate(size, (most, rival) => Math.Max(
            most, Math.Max(rival.Fee.Value + size, (long)((Int128)rival.Fee.Value * size / rival.VirtualBytes) + 1)));
        var asked = Math.Max(
            order.FeeRate.FeeCeiling(together).Value - order.ParentFee.Value,
            order.FeeRate.FeeCeiling(alone).Value);
        return (Math.Max(asked, least), least);
    }

    private static Choice<PreparedPayment> Assemble(Handle handle, IReadOnlyList<WalletOutput> coins, TxOut change, Derivation place, long fee)
    {
        var inputs = new[] { handle.OutPoint }.Concat(coins.Select(coin => coin.OutPoint)).Select(point => new TxIn(point, TxIn.SequenceReplaceable));
        var payment = new PreparedPayment(
            new Transaction(2, inputs, [change], 0),
            [new PreparedInput(handle.Output, handle.Derivation), .. coins.Select(coin => new PreparedInput(coin.Output, coin.Derivation))],
            Satoshis.Of(fee),
            0,
            place);
        var reserve = coins.Select(coin => new ReservedCoin(coin.OutPoint, coin.Output.Value))
            .Concat(handle.IsAnchor ? [] : [new ReservedCoin(handle.OutPoint, handle.Output.Value)]);
        return new Choice<PreparedPayment>([.. reserve], payment);
    }
}
