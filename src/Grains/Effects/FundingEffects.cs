using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>The last look before funding, and the funding broadcast itself (money rule 2).</summary>
public sealed class FundingEffects(
    ILightning lightning, IChain chain, IGrainFactory grains, IArtefacts artefacts, InvoiceEffects invoices, OracleEffects oracle,
    EscrowEffects escrows, EscrowLooker looker)
{
    /// <summary>Every invoice, the tip and the oracle once more; only all in order clears the funding intent.</summary>
    public async Task<EffectResult> CheckAsync(SigningComplete state, EffectContext context, CancellationToken cancellation)
    {
        if (await oracle.LookAsync(context.Id, state.Contract.Announcement, context.Now, cancellation) is { } seen)
        {
            // Whatever the oracle says of an event that is not over: nothing is funded on it.
            return seen is AttestationSeen ? EffectResult.Of(seen) : EffectResult.Later("the oracle shows a wrong attestation", seen);
        }

        if (!(await chain.GetTipAsync(cancellation)).TryGet(out var tip)
            || !(await lightning.GetInfoAsync(cancellation)).TryGet(out var node) || !node.SyncedToChain)
        {
            return EffectResult.Later("chain source or Lightning node cannot be asked, or is not synced");
        }

        if (!(await chain.GetStatusAsync(state.Contract.FundingTxid, cancellation)).TryGet(out var status) || status is not TransactionStatus.Unknown)
        {
            return EffectResult.Later("whether the funding is out already cannot be told, or it is: the chain is looked at again");
        }

        var height = Math.Max(tip.Height, node.BlockHeight);
        return context.Terms.Escrow is null
            ? await CheckInvoicesAsync(context, tip, height, cancellation)
            : await CheckEscrowsAsync(state, context.Now, height, cancellation);
    }

    /// <summary>Every invoice held, and far enough from its limit.</summary>
    private async Task<EffectResult> CheckInvoicesAsync(EffectContext context, ChainTip tip, int height, CancellationToken cancellation)
    {
        if (await LookAtInvoicesAsync(context, cancellation) is not { } looks)
        {
            return EffectResult.Later("an invoice cannot be looked at");
        }

        if (looks.Exists(look => look.Status != InvoiceStatus.Accepted || look.HtlcExpiry is null))
        {
            return EffectResult.Later("not every invoice is held", [.. looks]);
        }

        var enough = looks.TrueForAll(look => HoldTimes.MayFund(look.HtlcExpiry!.Value, height, context.Terms.SettlementDepth));
        return enough
            ? EffectResult.Of([.. looks, new FundingCleared(height, context.Now)])
            : EffectResult.Later(
                "held payments are too near their expiry",
                [.. looks, new ChainSeen(ChainView.Empty with { Tip = height, MedianTimePast = tip.MedianTimePast.UnixSeconds }, context.Now)]);
    }

    /// <summary>Every escrow deep and unspent, and no player able to take one out before the pool is deep.</summary>
    private async Task<EffectResult> CheckEscrowsAsync(SigningComplete state, DateTimeOffset now, int height, CancellationToken cancellation)
    {
        if (await looker.LookAsync(state, now, cancellation) is not { } seen)
        {
            return EffectResult.Later("an escrow cannot be looked at");
        }

        return state.Absorb(seen) is SigningComplete fresh && EscrowRules.AllSafe(fresh.Header) && EscrowTimes.MayFund(fresh.Header, height)
            ? EffectResult.Of(seen, new FundingCleared(height, now))
            : EffectResult.Later("not every escrow is deep and unspent, or they are too near their end", seen);
    }

    /// <summary>Every invoice, or null where one cannot be had.</summary>
    private async Task<List<InvoiceSeen>?> LookAtInvoicesAsync(EffectContext context, CancellationToken cancellation)
    {
        var looks = new List<InvoiceSeen>();
        foreach (var ticket in context.Header.Roster.Tickets)
        {
            if (await invoices.LookAsync(ticket.Hash, context.Now, cancellation) is not { } look)
            {
                return null;
            }

            looks.Add(look);
        }

        return looks;
    }

    /// <summary>Look: the transaction by id (the chain look does). Act: finalise, mark the coins as broadcast, send.</summary>
    public async Task<EffectResult> BroadcastAsync(LiveState state, CancellationToken cancellation)
    {
        var (transaction, why) = await SignAsync(state);
        if (transaction is null)
        {
            return EffectResult.Later(why);
        }

        var sent = await chain.BroadcastAsync(transaction, cancellation);
        return sent.IsOut ? EffectResult.Later("sent; waiting to see it") : EffectResult.Later($"funding {sent.Describe()}");
    }

    /// <summary>The finalised transaction, its coins marked as broadcast; or why there is none at the moment.</summary>
    internal async Task<(Transaction? Transaction, string Why)> SignAsync(LiveState state)
    {
        var (wallet, owner) = (grains.GetGrain<IWalletGrain>(0), ContractEffects.Owner(state.Header.Terms.Id));
        var finalized = EscrowRules.IsUsed(state.Header)
            ? await wallet.FinalizeEscrowsAsync(await escrows.WitnessesAsync(state.Header.Terms.Id, owner, state.Header, state.Live.Contract))
            : await wallet.FinalizeAsync(owner, Encoding.ASCII.GetString(await artefacts.GetAsync(state.Live.Contract.FundingPsbt)));
        if (!finalized.TryGet(out var hex, out var problem))
        {
            return (null, $"finalising: {problem.Detail}");
        }

        var transaction = Transaction.Parse(hex);
        return transaction.Txid == state.Live.Contract.FundingTxid
            ? (transaction, "")
            : throw new InvalidOperationException("the finalised funding transaction is not the one the contract was made for");
    }
}
