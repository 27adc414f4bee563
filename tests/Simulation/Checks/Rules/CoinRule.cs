using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>
/// A coin of the wallet has one owner at a time and is spent by that owner only; what may be out keeps its coins until it, or a conflict, has six
/// confirmations (money rule 8, D42).
/// </summary>
internal sealed class CoinRule(Evidence evidence) : Rule(evidence)
{
    private const int SettledDepth = 6;
    private readonly Dictionary<OutPoint, string> _spenders = [];

    public override string Name => "coins";

    internal override void OnWallet(WalletDocument? before, WalletDocument after)
    {
        var owners = new Dictionary<OutPoint, string>();
        var promises = after.Payments.Select(payment => (payment.Owner, Spends: payment.Unsigned()))
            .Concat(after.Children.Select(child => (child.Owner, Spends: child.Unsigned())));
        foreach (var (owner, transaction) in promises)
        {
            foreach (var coin in transaction.Inputs.Select(input => input.PreviousOutput))
            {
                Check(owners.TryAdd(coin, owner) || owners[coin] == owner, () => $"{coin} is promised to {owners[coin]} and to {owner}");
            }
        }
    }

    internal override void OnReservations(ImmutableArray<StoredReservation> before, ImmutableArray<StoredReservation> after)
    {
        var now = after.ToDictionary(coin => coin.Outpoint, StringComparer.Ordinal);
        foreach (var coin in before)
        {
            if (now.TryGetValue(coin.Outpoint, out var kept))
            {
                Check(kept.Owner == coin.Owner, () => $"{coin.Outpoint} went from {coin.Owner} to {kept.Owner}");
            }
            else
            {
                CheckFreed(coin);
            }
        }
    }

    internal override void OnSent(Transaction transaction)
    {
        foreach (var coin in transaction.Inputs.Select(input => input.PreviousOutput).Where(IsWalletCoin))
        {
            var owner = Evidence.Reservations.FirstOrDefault(stored => stored.Outpoint == coin.ToString())?.Owner;
            Check(owner is not null, () => $"{transaction.Txid} spends {coin}, which is reserved for nobody");
            if (owner is not null)
            {
                Check(_spenders.TryAdd(coin, owner) || _spenders[coin] == owner, () => $"{transaction.Txid} of {owner} spends {coin}, which {_spenders[coin]} has spent");
            }
        }
    }

    private bool IsWalletCoin(OutPoint coin)
        => Evidence.Find(coin.Txid) is { } parent && Evidence.World.IsCoordinatorScript(parent.Outputs[(int)coin.Vout].ScriptPubKey);

    /// <summary>Everything that was sent and spends the coin is decided, and what the owner marked as broadcast is known and, if it spends the coin,
    /// decided too. A kept coin that nothing spends may go whenever its owner is done.</summary>
    private void CheckFreed(StoredReservation freed)
    {
        var coin = OutPoint.Parse(freed.Outpoint);
        foreach (var transaction in Evidence.Sent.Values.Where(transaction => Spends(transaction, coin)).ToList())
        {
            Check(IsDecided(transaction), () => $"{coin} of {freed.Owner} is free again although {transaction.Txid} has {Evidence.Deepest(transaction.Txid)} confirmations at most");
        }

        if (freed.BroadcastTxid is { } text && Evidence.Promised(Txid.ParseDisplay(text)) is var promised)
        {
            Check(promised is not null && (!Spends(promised, coin) || IsDecided(promised)), () =>
                $"{coin} of {freed.Owner} is free again although {text} is {(promised is null ? "not known to be anything else" : "not decided")}");
        }
    }

    private static bool Spends(Transaction transaction, OutPoint coin) => transaction.Inputs.Any(input => input.PreviousOutput == coin);

    /// <summary>It, or what was confirmed in its place, is or was six deep.</summary>
    /// <summary>Something deep has spent one of its coins, or one of its coins can never come to be: its own maker was replaced for good.</summary>
    private bool IsDecided(Transaction transaction)
        => transaction.Inputs.Any(input => Evidence.SpendersOf(input.PreviousOutput).Any(spender => Evidence.Deepest(spender) >= SettledDepth)
            || (Evidence.Find(input.PreviousOutput.Txid) is { } maker && Evidence.Deepest(maker.Txid) == 0 && IsDecided(maker)));
}
