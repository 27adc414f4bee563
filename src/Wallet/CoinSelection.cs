using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>What to choose coins for.</summary>
/// <param name="Outputs">Paid in any case; may be empty where all goes to the change script.</param>
/// <param name="ChangeScript">Where the rest goes.</param>
/// <param name="FeeRate">Of the whole transaction.</param>
/// <param name="LeastChange">Zero: change is made only where it is worth more than spending it costs. Else change of at least this is required.</param>
/// <param name="MostInputs">1 to 500.</param>
public sealed record SelectionRequest(
    IReadOnlyList<TxOut> Outputs, Script ChangeScript, FeeRate FeeRate, Satoshis LeastChange, int MostInputs = 200)
{
    /// <summary>A choice within this fee is preferred to one above it; null: no limit.</summary>
    public Satoshis? MostFee { get; init; }

    /// <summary>What an input is thought to cost at another time: below it many small coins are spent gladly, above it few.</summary>
    public FeeRate LongTermRate { get; init; } = FeeRate.FromSatPerVbyte(10);
}

/// <summary>The coins chosen and what follows.</summary>
/// <param name="Coins">In order of their names.</param>
/// <param name="Fee">Inputs minus outputs minus change.</param>
/// <param name="Change">Null where there is none.</param>
public sealed record Selection(IReadOnlyList<WalletOutput> Coins, Satoshis Fee, Satoshis? Change);

/// <summary>Chooses coins; the same candidates, in any order, give the same choice.</summary>
/// <remarks>First coins that need no change (<see cref="BranchAndBound"/>). Else one coin where one is enough: the smallest such. Else the largest
/// ones until they are enough. So small coins are kept for small needs and a transaction has few inputs. Coins that cost more to spend than they are
/// worth are never used.</remarks>
public static class CoinSelection
{
    /// <summary>The first way within <see cref="SelectionRequest.MostFee"/>, else the cheapest; null where the candidates are not enough.</summary>
    public static Selection? Choose(IEnumerable<WalletOutput> candidates, SelectionRequest request)
    {
        var inputFee = request.FeeRate.FeeCeiling(TransactionWeights.TaprootKeyInput);
        var usable = candidates.Where(coin => coin.Output.Value > inputFee)
            .OrderBy(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).ToList();
        Selection? cheapest = null;
        foreach (var way in Ways(usable, request))
        {
            if (request.MostFee is not { } most || way.Fee <= most)
            {
                return way;
            }

            cheapest = cheapest is null || way.Fee < cheapest.Fee ? way : cheapest;
        }

        return cheapest;
    }

    private static IEnumerable<Selection> Ways(List<WalletOutput> usable, SelectionRequest request)
    {
        if (BranchAndBound.Find(usable, request) is { } exact && TryWith(exact, request) is { } unchanged)
        {
            yield return unchanged;
        }

        if (usable.Select(coin => TryWith([coin], request)).FirstOrDefault(selection => selection is not null) is { } single)
        {
            yield return single;
        }

        var chosen = new List<WalletOutput>();
        foreach (var coin in usable.OrderByDescending(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).Take(request.MostInputs))
        {
            chosen.Add(coin);
            if (TryWith(chosen, request) is { } enough)
            {
                yield return enough;
                yield break;
            }
        }
    }

    /// <summary>Coins to keep back: those held already, then the smallest one that is enough for the rest, else the largest ones.</summary>
    /// <returns>All there are where they are not enough.</returns>
    public static IReadOnlyList<WalletOutput> ToHold(IReadOnlyList<WalletOutput> candidates, Func<WalletOutput, bool> isHeld, Satoshis worth)
    {
        List<WalletOutput> chosen = [.. candidates.Where(isHeld).OrderBy(coin => coin.OutPoint)];
        var missing = worth.Value - chosen.Sum(coin => coin.Output.Value.Value);
        var free = candidates.Where(coin => !isHeld(coin)).OrderBy(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint).ToList();
        if (missing > 0 && free.Find(coin => coin.Output.Value.Value >= missing) is { } alone)
        {
            return [.. chosen, alone];
        }

        for (var i = free.Count - 1; i >= 0 && missing > 0; i--)
        {
            chosen.Add(free[i]);
            missing -= free[i].Output.Value.Value;
        }

        return chosen;
    }

    /// <summary>What these coins, all of them, give; null where they are not enough.</summary>
    public static Selection? TryWith(IReadOnlyList<WalletOutput> coins, SelectionRequest request)
    {
        var scripts = request.Outputs.Select(output => output.ScriptPubKey).ToList();
        var available = coins.Sum(coin => coin.Output.Value.Value) - request.Outputs.Sum(output => output.Value.Value);
        var withoutChange = request.FeeRate.FeeCeiling(TransactionWeights.Of(coins.Count, 0, scripts)).Value;
        var withChange = request.FeeRate.FeeCeiling(TransactionWeights.Of(coins.Count, 0, [.. scripts, request.ChangeScript])).Value;
        WalletOutput[] ordered = [.. coins.OrderBy(coin => coin.OutPoint)];
        var change = available - withChange;
        var dust = TransactionWeights.DustLimit(request.ChangeScript).Value;
        var least = request.LeastChange > Satoshis.Zero || scripts.Count == 0 ? Math.Max(dust, request.LeastChange.Value) : LeastWorthwhileChange(request);
        if (change >= least)
        {
            return new Selection(ordered, Satoshis.Of(withChange), Satoshis.Of(change));
        }

        return request.LeastChange.Value == 0 && scripts.Count > 0 && available >= withoutChange
            ? new Selection(ordered, Satoshis.Of(available), null)
            : null;
    }

    /// <summary>Change of less goes to the miner: it is dust, or spending it costs as much.</summary>
    internal static long LeastWorthwhileChange(SelectionRequest request) => Math.Max(
        TransactionWeights.DustLimit(request.ChangeScript).Value, request.FeeRate.FeeCeiling(TransactionWeights.TaprootKeyInput).Value + 1);
}
