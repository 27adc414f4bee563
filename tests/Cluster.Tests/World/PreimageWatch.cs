using Coordinator.Bitcoin;
using Coordinator.Lightning;

namespace Coordinator.Cluster.Tests;

/// <summary>Looks at the chain in the very moment in which a ticket preimage reaches LND: the funding must be deep enough (money rule 1).</summary>
internal sealed class PreimageWatch : IDisposable
{
    private readonly Game _game;
    private readonly IDisposable _subscription;

    public PreimageWatch(Game game)
    {
        _game = game;
        _subscription = game.World.Lightning.Subscribe(change =>
        {
            if (change.Node == World.CoordinatorNode && change.Invoice is { Hold: true, State: InvoiceState.Settled } settled)
            {
                Settled++;
                if (!EscrowIsDeep(settled.Hash.ToString()) && !FundingIsDeep())
                {
                    TooEarly.Add(settled.Hash.ToString());
                }
            }
        });
    }

    /// <summary>Invoices settled.</summary>
    public int Settled { get; private set; }

    /// <summary>Payment hashes whose preimage came out before the funding was deep.</summary>
    public List<string> TooEarly { get; } = [];

    public void Dispose() => _subscription.Dispose();

    /// <summary>Where it is played with escrows, that ticket's own one has to be in a block and unspent.</summary>
    private bool EscrowIsDeep(string hash)
        => _game.Players.FirstOrDefault(player => player.Ticket?.PaymentHash == hash)?.Ticket?.Escrow is { } escrow
            && OutPoint.Parse(escrow.Outpoint) is var outpoint && _game.World.Chain.Find(outpoint.Txid) is { Block: not null }
            && _game.World.Chain.SpenderOf(outpoint) is null;

    private bool FundingIsDeep() => _game.View is { FundingOutpoint: { } outpoint }
        && _game.World.Chain.Find(OutPoint.Parse(outpoint).Txid) is { Block: not null };
}
