using System.Collections.Immutable;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Reads what the chain shows of a competition's escrows, as long as one of them is open (D21).</summary>
public sealed class EscrowLooker(IChain chain)
{
    /// <summary>True where something has to be looked at.</summary>
    public static bool Watches(CompetitionState state) => state switch
    {
        LiveState live => live.Live.Chain.FundingConflict is not null && EscrowRules.IsOpen(state.Header),
        _ => state.Header.Roster.Tickets.Any(ticket => ticket.Escrow is { MayBeOut: true } escrow && EscrowRules.IsOpen(state.Header, escrow)),
    };

    /// <summary>All escrows that may be out, as of one tip; null where any part of it cannot be had: half a view is never believed.</summary>
    public async Task<EscrowsSeen?> LookAsync(CompetitionState state, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!(await chain.GetTipAsync(cancellation)).TryGet(out var tip))
        {
            return null;
        }

        var seen = ImmutableArray.CreateBuilder<EscrowSighting>();
        foreach (var escrow in state.Header.Roster.Tickets.Select(ticket => ticket.Escrow).OfType<TicketEscrow>().Where(escrow => escrow.MayBeOut))
        {
            if (await LookAsync(escrow, cancellation) is not { } sight)
            {
                return null;
            }

            seen.Add(new EscrowSighting(escrow.OutPoint, sight));
        }

        return new EscrowsSeen(seen.ToImmutable(), tip.Height, now);
    }

    /// <summary>One escrow, or null where the source does not answer.</summary>
    public async Task<EscrowSight?> LookAsync(TicketEscrow escrow, CancellationToken cancellation)
    {
        if (!(await chain.GetStatusAsync(escrow.OutPoint.Txid, cancellation)).TryGet(out var status))
        {
            return null;
        }

        if (status is TransactionStatus.Unknown)
        {
            return await ConflictAsync(escrow, cancellation);
        }

        return (await chain.GetSpendingAsync(escrow.OutPoint, cancellation)).TryGet(out var spending)
            ? new EscrowSight(true, status.ConfirmedHeight, spending is OutputSpending.Spent spent ? Spender(spent) : null, null)
            : null;
    }

    private async Task<EscrowSight?> ConflictAsync(TicketEscrow escrow, CancellationToken cancellation)
    {
        EscrowSpender? conflict = null;
        foreach (var coin in escrow.Coins)
        {
            if (!(await chain.GetSpendingAsync(coin, cancellation)).TryGet(out var spending))
            {
                return null;
            }

            if (spending is OutputSpending.Spent spent && spent.By.Txid != escrow.OutPoint.Txid && conflict?.Height is null)
            {
                conflict = new EscrowSpender(null, spent.By.Txid, spent.Status.ConfirmedHeight);
            }
        }

        return new EscrowSight(false, null, null, conflict);
    }

    private static EscrowSpender Spender(OutputSpending.Spent spent)
        => new(EscrowPaths.PathOf(spent.By.Inputs[spent.InputIndex].Witness), spent.By.Txid, spent.Status.ConfirmedHeight);
}
