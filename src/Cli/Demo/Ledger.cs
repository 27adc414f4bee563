using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>Where every satoshi went (D23). Amounts in satoshis, what moved over Lightning in millisatoshis until the end.</summary>
/// <param name="PlayersIn">What players sent: tickets and the channel fees on them.</param>
/// <param name="CoordinatorIn">Wallet coins that the demo's transactions spent, and what was sent to winners over Lightning with its fees.</param>
/// <param name="Complaints">Whatever does not fit; empty where the books balance.</param>
internal sealed record Ledger(
    long PlayersIn,
    long CoordinatorIn,
    long Players,
    long Coordinator,
    long Miners,
    long ChannelFees,
    long Anchors,
    long Overpaid,
    int Settled,
    int Canceled,
    int Held,
    ImmutableArray<(string Entry, long Sats)> Paid,
    ImmutableArray<string> Complaints)
{
    public bool IsBalanced => Complaints.IsEmpty && PlayersIn + CoordinatorIn == Players + Coordinator + Miners + ChannelFees + Anchors + Overpaid;

    public JsonObject ToJson() => new()
    {
        ["inputs"] = new JsonObject { ["players"] = PlayersIn, ["coordinator"] = CoordinatorIn },
        ["players"] = Players,
        ["coordinator"] = Coordinator,
        ["miners"] = Miners,
        ["channel_fees"] = ChannelFees,
        ["anchors"] = Anchors,
        ["overpaid"] = Overpaid,
        ["complaints"] = new JsonArray([.. Complaints.Select(complaint => (JsonNode)JsonValue.Create(complaint))]),
    };

    public override string ToString()
        => $"in: players {PlayersIn}, coordinator {CoordinatorIn} = out: players {Players}, coordinator {Coordinator}, miners {Miners}, "
            + $"channel fees {ChannelFees}, anchors {Anchors}, overpaid {Overpaid}";
}

/// <summary>A competition as it was played.</summary>
/// <param name="Price">Of a ticket, satoshis.</param>
internal sealed record PlayedCompetition(long Price, ImmutableArray<PlayerEnd> Players);

/// <summary>Adds up the ledger from what chain and Lightning nodes show, never from what the service or the players claim.</summary>
/// <param name="balancesMsat">Of every node before anything was played.</param>
internal sealed class LedgerMaker(LightningWorld lightning, TransactionBook book, IReadOnlyDictionary<string, long> balancesMsat)
{
    private readonly List<string> _complaints = [];
    private readonly Dictionary<string, long> _movedMsat = new(StringComparer.Ordinal);
    private long _channelFeesMsat;
    private long _ticketsMsat;
    private long _payoutsMsat;
    private long _payoutFeesMsat;
    private long _overpaid;
    private int _settled;
    private int _canceled;
    private int _held;

    /// <param name="walletOutputs">Outpoints that the coordinator's wallet calls its own.</param>
    public async Task<Ledger> MakeAsync(IReadOnlyList<PlayedCompetition> played, IReadOnlySet<string> walletOutputs, CancellationToken cancellation)
    {
        var paid = ImmutableArray.CreateBuilder<(string Entry, long Sats)>();
        var scripts = played.SelectMany(competition => competition.Players).Select(player => player.Script).ToHashSet(StringComparer.Ordinal);
        var onChain = book.Unspent().ToList();
        foreach (var (price, player) in played.SelectMany(competition => competition.Players.Select(player => (competition.Price, player))))
        {
            await TicketAsync(player, price, cancellation);
            var received = await PayoutAsync(player, cancellation)
                + onChain.Where(output => output.Output.ScriptPubKey.ToHex() == player.Script).Sum(output => output.Output.Value.Value);
            Complain(received != player.Sats, $"player {player.Player} speaks of {player.Sats} sat, {received} sat arrived");
            if (received > 0)
            {
                paid.Add((player.Entry, received));
            }
        }

        await BalancesAsync(cancellation);
        var (playersOnChain, coordinatorOnChain, anchors) = Attribute(onChain, scripts, walletOutputs);
        foreach (var bad in book.All.Where(booked => booked.Refusal is not null))
        {
            Complain(true, $"{bad.Kind} {bad.Transaction.Txid}: {bad.Refusal}");
        }

        var coordinatorSent = _payoutsMsat + _payoutFeesMsat;
        Complain((_channelFeesMsat % 1_000) != 0, "channel fees are no whole satoshis");
        return new Ledger(
            (_ticketsMsat + _channelFeesMsat - _payoutFeesMsat) / 1_000,
            book.CoinsSpent() + (coordinatorSent / 1_000),
            (_payoutsMsat / 1_000) + playersOnChain,
            (_ticketsMsat / 1_000) - _overpaid + coordinatorOnChain,
            book.All.Where(booked => booked.Kind != "faucet").Sum(booked => booked.Fee),
            _channelFeesMsat / 1_000, anchors, _overpaid, _settled, _canceled, _held, paid.ToImmutable(), [.. _complaints]);
    }

    private async Task TicketAsync(PlayerEnd player, long price, CancellationToken cancellation)
    {
        var node = LightningWorld.PlayerNode(player.Player);
        switch (await lightning.InvoiceAsync(LightningWorld.CoordinatorNode, player.TicketHash, cancellation))
        {
            case { State: "settled" } settled:
                _settled++;
                _overpaid += Math.Max(0, settled.PaidSats - price);
                if (await lightning.PaymentAsync(node, player.TicketHash, cancellation) is { Succeeded: true } payment)
                {
                    Complain(payment.AmountSats != settled.PaidSats, $"player {player.Player} sent {payment.AmountSats} sat, {settled.PaidSats} sat arrived");
                    _ticketsMsat += payment.AmountSats * 1_000;
                    _channelFeesMsat += payment.FeeMsat;
                    Move(node, -(payment.AmountSats * 1_000) - payment.FeeMsat);
                    Move(LightningWorld.CoordinatorNode, settled.PaidSats * 1_000);
                }
                else
                {
                    Complain(true, $"player {player.Player} has no successful payment for its settled ticket");
                }

                break;
            case { State: "canceled" }:
                _canceled++;
                break;
            case { State: "accepted" }:
                _held++;
                break;
            default:
                break;
        }
    }

    private async Task<long> PayoutAsync(PlayerEnd player, CancellationToken cancellation)
    {
        var node = LightningWorld.PlayerNode(player.Player);
        if (await lightning.InvoiceAsync(node, player.PayoutHash, cancellation) is not { State: "settled" } invoice)
        {
            return 0;
        }

        var payment = await lightning.PaymentAsync(LightningWorld.CoordinatorNode, player.PayoutHash, cancellation);
        Complain(payment?.Succeeded != true || payment.AmountSats != invoice.PaidSats, $"player {player.Player} was paid by nobody known");
        _payoutsMsat += invoice.PaidSats * 1_000;
        _payoutFeesMsat += payment?.FeeMsat ?? 0;
        _channelFeesMsat += payment?.FeeMsat ?? 0;
        Move(node, invoice.PaidSats * 1_000);
        Move(LightningWorld.CoordinatorNode, -(invoice.PaidSats * 1_000) - (payment?.FeeMsat ?? 0));
        return invoice.PaidSats;
    }

    /// <summary>Every node's balance must have moved by exactly its known payments, and nothing may be held.</summary>
    private async Task BalancesAsync(CancellationToken cancellation)
    {
        foreach (var (node, before) in balancesMsat)
        {
            var (balance, held) = await lightning.NodeAsync(node, cancellation);
            var moved = balance - before;
            Complain(moved != _movedMsat.GetValueOrDefault(node), $"node {node} moved by {moved} msat, its payments by {_movedMsat.GetValueOrDefault(node)} msat");
            Complain(held != 0, $"node {node} still holds {held} sat in channels");
        }

        Complain(_held != 0, $"{_held} invoices are still held");
    }

    private (long Players, long Coordinator, long Anchors) Attribute(
        List<(OutPoint At, TxOut Output)> outputs, HashSet<string> scripts, IReadOnlySet<string> walletOutputs)
    {
        var (players, coordinator, anchors) = (0L, 0L, 0L);
        foreach (var (at, output) in outputs)
        {
            if (walletOutputs.Contains(at.ToString()))
            {
                coordinator += output.Value.Value;
            }
            else if (scripts.Contains(output.ScriptPubKey.ToHex()))
            {
                players += output.Value.Value;
            }
            else if (output.ScriptPubKey.Equals(Script.PayToAnchor))
            {
                anchors += output.Value.Value;
            }
            else
            {
                Complain(true, $"{output.Value.Value} sat at {at} belong to nobody");
            }
        }

        return (players, coordinator, anchors);
    }

    private void Move(string node, long msat) => _movedMsat[node] = _movedMsat.GetValueOrDefault(node) + msat;

    private void Complain(bool when, string complaint)
    {
        if (when)
        {
            _complaints.Add(complaint);
        }
    }
}
