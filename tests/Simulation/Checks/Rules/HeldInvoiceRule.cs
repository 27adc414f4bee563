using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>Nobody's money is held without a competition that lives and knows of it; at the end nothing is held at all.</summary>
internal sealed class HeldInvoiceRule(Evidence evidence) : Rule(evidence)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);
    private readonly SortedDictionary<Hash32, DateTimeOffset?> _held = [];

    public override string Name => "held-invoices";

    internal override void OnInvoice(string node, SimulatedInvoice? before, SimulatedInvoice after)
    {
        if (node != Evidence.World.CoordinatorNode)
        {
            return;
        }

        var hash = Hash32.From(after.Hash.ToBytes());
        if (after is { Hold: true, State: InvoiceState.Accepted })
        {
            _held.TryAdd(hash, null);
        }
        else
        {
            _held.Remove(hash);
        }
    }

    internal override void OnMinute()
    {
        foreach (var (hash, since) in _held.ToList())
        {
            if (IsKnown(hash))
            {
                _held[hash] = null;
                Check(true, () => "");
            }
            else
            {
                _held[hash] = since ?? Evidence.Now;
                Check(Evidence.Now - (since ?? Evidence.Now) <= Grace, () =>
                    $"the payment of {hash} is held for {Evidence.TicketOf(hash)?.Competition.ToString() ?? "no competition"}, which does nothing about it");
            }
        }
    }

    internal override void OnEnd()
        => Check(_held.Count == 0, () => $"held at the end: {string.Join(", ", _held.Keys.Select(hash => $"{hash} of {Evidence.TicketOf(hash)?.Competition}"))}");

    /// <summary>A competition that gathers or lives holds it in a seat; one that is over must still want to end it.</summary>
    private bool IsKnown(Hash32 hash)
    {
        if (Evidence.TicketOf(hash) is not { Competition: var id } || Evidence.Document(id) is not { State: { } state } document)
        {
            return false;
        }

        return document.Intents.Any(intent => intent.Effect switch
            {
                CancelInvoice cancel => cancel.Hash == hash,
                SettleInvoice settle => settle.Hash == hash,
                RotateTicket rotate => rotate.Hash == hash,
                _ => false,
            })
            || (state is not (Cancelled or Completed) && state.Header.Roster.FindHash(hash) is { Stage: TicketStage.Reserved or TicketStage.Paid });
    }
}
