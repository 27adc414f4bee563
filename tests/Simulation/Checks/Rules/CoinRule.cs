using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Storage.Sqlite;

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
        foreach (var payment in after.Payments)
        {
            foreach (var input in payment.Unsigned().Inputs)
            {
                var coin = input.PreviousOutput;
                Check(owners.TryAdd(coin, payment.Owner) || owners[coin] == payment.Owner, () => $"{coin} is promised to {owners[coin]} and to {payment.Owner}");
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

    private void CheckFreed(StoredReservation freed)
    {
        var coin = OutPoint.Parse(freed.Outpoint);
        var sent = Evidence.Sent.Values.Any(transaction => transaction.Inputs.Any(input => input.PreviousOutput == coin));
        if (sent || freed.BroadcastTxid is not null)
        {
            var depth = Evidence.SpendersOf(coin).Select(Evidence.Deepest).Append(0).Max();
            Check(depth >= SettledDepth, () => $"{coin} of {freed.Owner} is free again although its spender has {depth} confirmations");
        }
    }
}
