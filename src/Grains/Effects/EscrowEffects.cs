using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Escrows: built, sent, settled once deep, double-spent where stuck, reclaimed where nobody else can have them (D21).</summary>
public sealed class EscrowEffects(
    IChain chain, ILightning lightning, IGrainFactory grains, IArtefacts artefacts, ISecrets secrets, InvoiceEffects invoices, EscrowLooker looker,
    CoordinatorSettings settings)
{
    /// <summary>Virtual bytes are paid at the rate for this many times the next block's: an escrow is not bumped, it is in time or taken back.</summary>
    private const int Haste = 2;

    /// <summary>The intent under which the wallet holds the coins of one escrow.</summary>
    public static string Owner(Guid competition, Hash32 hash, PublicKey player) => $"escrow/{competition}/{hash}/{player.ToHex()[..18]}";

    /// <summary>Look: the wallet answers the same owner with the same PSBT. Act: reserve a coin, build, store.</summary>
    public async Task<EffectResult> PrepareAsync(PrepareEscrow effect, EffectContext context, CancellationToken cancellation)
    {
        if (context.Header.Roster.Find(effect.Ticket) is not { BtcKey: { } player, Stage: TicketStage.Reserved } ticket || ticket.Hash != effect.Hash)
        {
            return EffectResult.Of();
        }

        if (await RateAsync(cancellation) is not { } rate)
        {
            return EffectResult.Later("fee estimates cannot be had");
        }

        using var key = secrets.EscrowKey(context.Id);
        var terms = new EscrowTerms(key.PublicKey, player, Hashlock.FromHash(ticket.Hash.Bytes), context.Terms.Escrow!.RefundBlocks);
        var value = context.Terms.EntryFee;
        var funded = await grains.GetGrain<IWalletGrain>(0).FundAsync(new FundRequest(
            Owner(context.Id, ticket.Hash, player), terms.ScriptPubKey.ToHex(), value.Value, rate.SatPerKwu, settings.FundingCoinDepth));
        if (!funded.TryGet(out var psbt, out var problem))
        {
            return EffectResult.Later($"escrow: {problem.Detail}");
        }

        var unsigned = Psbt.ParseBase64(psbt.Psbt).UnsignedTransaction;
        var escrow = EscrowOutput.Find(terms, unsigned, value) ?? throw new InvalidOperationException("the wallet made another escrow than it was asked for");
        return EffectResult.Of(new EscrowPrepared(ticket.Id, ticket.Hash, new TicketEscrow(
            escrow.OutPoint, key.PublicKey, player, value, terms.RefundBlocks,
            await artefacts.PutAsync(context.Id, unsigned.ToBytes(withWitness: false)),
            await artefacts.PutAsync(context.Id, Encoding.ASCII.GetBytes(psbt.Psbt)),
            Satoshis.Of(psbt.Fee),
            [.. psbt.Coins.Select(OutPoint.Parse)]), context.Now));
    }

    /// <summary>A seat that is given back has its escrow's coins freed first: it was never sent.</summary>
    public async Task<EffectResult> RotateAsync(RotateTicket effect, EffectContext context, CancellationToken cancellation)
    {
        if (context.Header.Roster.Find(effect.Ticket) is { BtcKey: { } player } ticket && ticket.Hash == effect.Hash && context.Terms.Escrow is not null
            && await ReleaseAsync(context.Id, ticket.Hash, ticket.Escrow?.Player ?? player) is { } why)
        {
            return EffectResult.Later(why);
        }

        return await invoices.RotateAsync(effect, context, cancellation);
    }

    public async Task<EffectResult> ReleaseAsync(ReleaseEscrow effect, EffectContext context)
    {
        if (context.Header.Roster.Find(effect.Ticket) is not { Escrow: { MayBeOut: false } escrow } ticket || ticket.Hash != effect.Hash)
        {
            return EffectResult.Of();
        }

        return await ReleaseAsync(context.Id, ticket.Hash, escrow.Player) is { } why
            ? EffectResult.Later(why)
            : EffectResult.Of(new EscrowReleased(escrow.OutPoint, context.Now));
    }

    /// <summary>Every invoice and the tip once more; only all in order lets the escrows be sent.</summary>
    public async Task<EffectResult> CheckAsync(EffectContext context, CancellationToken cancellation)
    {
        if (!(await chain.GetTipAsync(cancellation)).TryGet(out var tip)
            || !(await lightning.GetInfoAsync(cancellation)).TryGet(out var node) || !node.SyncedToChain)
        {
            return EffectResult.Later("chain source or Lightning node cannot be asked, or is not synced");
        }

        var looks = new List<Fact>();
        foreach (var ticket in context.Header.Roster.Tickets)
        {
            if (await invoices.LookAsync(ticket.Hash, context.Now, cancellation) is not { } look)
            {
                return EffectResult.Later("an invoice cannot be looked at");
            }

            looks.Add(look);
            if (look.Status != InvoiceStatus.Accepted || look.HtlcExpiry is null)
            {
                return EffectResult.Later("not every invoice is held", [.. looks]);
            }
        }

        var height = Math.Max(tip.Height, node.BlockHeight);
        return EffectResult.Later(
            "the escrows may be sent unless payments are too near their end",
            [.. looks, new EscrowsCleared(height, context.Now), new ChainSeen(ChainView.Empty with { Tip = height, MedianTimePast = tip.MedianTimePast.UnixSeconds }, context.Now)]);
    }

    /// <summary>Look: the escrow by id. Act: sign and send it; a refusal costs nobody anything, it is sent again until its time is over.</summary>
    public async Task<EffectResult> BroadcastAsync(BroadcastEscrow effect, EffectContext context, CancellationToken cancellation)
    {
        if (Sent(effect.Ticket, effect.Hash, context) is not var (ticket, escrow))
        {
            return EffectResult.Of();
        }

        if (await looker.LookAsync(escrow, cancellation) is not { } sight || sight is { Seen: true } or { Conflict: not null })
        {
            return EffectResult.Later("it is out, or another transaction is in its place, or that cannot be told: the chain is looked at again");
        }

        var psbt = Encoding.ASCII.GetString(await artefacts.GetAsync(escrow.Psbt));
        var finalized = await grains.GetGrain<IWalletGrain>(0).FinalizeAsync(Owner(context.Id, ticket.Hash, escrow.Player), psbt);
        if (!finalized.TryGet(out var hex, out var problem))
        {
            return EffectResult.Later($"signing the escrow: {problem.Detail}");
        }

        var sent = await chain.BroadcastAsync(Transaction.Parse(hex), cancellation);
        return EffectResult.Later(sent.IsOut ? "sent; waiting to see it" : $"escrow {sent.Describe()}");
    }

    /// <summary>Only where the chain shows the escrow deep and unspent at this moment is its ticket's preimage given to LND (money rule 1).</summary>
    public async Task<EffectResult> SettleAsync(SettleInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        if (Sent(effect.Ticket, effect.Hash, context) is not var (_, escrow))
        {
            return EffectResult.Of();
        }

        var deep = (await chain.GetTipAsync(cancellation)).TryGet(out var tip)
            && await looker.LookAsync(escrow, cancellation) is { Spender: null, Height: { } height } && tip.Height - height + 1 >= context.Terms.SettlementDepth;
        return deep ? await invoices.SettleAsync(effect, context, cancellation) : EffectResult.Later("the escrow is not seen deep enough at the moment");
    }

    /// <summary>Look: the escrow or a conflict, confirmed. Act: spend its coins back to the wallet at today's rate.</summary>
    public async Task<EffectResult> DoubleSpendAsync(DoubleSpendEscrow effect, EffectContext context, CancellationToken cancellation)
    {
        if (Sent(effect.Ticket, effect.Hash, context) is not var (ticket, escrow))
        {
            return EffectResult.Of();
        }

        if (await looker.LookAsync(escrow, cancellation) is not { Height: null } sight || sight.Conflict is { Height: not null })
        {
            return EffectResult.Later("the escrow or another transaction is confirmed, or that cannot be told: the chain is looked at again");
        }

        // A settle intent of before may have been carried out without an answer: then the escrow is its player's. Until LND says, it may be.
        if (await invoices.LookAsync(ticket.Hash, context.Now, cancellation) is not { } look)
        {
            return EffectResult.Later("the invoice cannot be looked at: it may be settled, and the escrow its player's");
        }

        if (look.Status == InvoiceStatus.Settled)
        {
            return EffectResult.Of(look);
        }

        if (await RateAsync(cancellation) is not { } rate)
        {
            return EffectResult.Later("fee estimates cannot be had");
        }

        var taken = await grains.GetGrain<IWalletGrain>(0).DoubleSpendAsync(Owner(context.Id, ticket.Hash, escrow.Player), rate.SatPerKwu);
        if (!taken.TryGet(out var hex, out var problem))
        {
            return EffectResult.Later($"taking the coins back: {problem.Detail}");
        }

        var sent = await chain.BroadcastAsync(Transaction.Parse(hex), cancellation);
        return EffectResult.Later(sent.IsOut ? "the coins are on their way back; waiting to see them" : $"taking the coins back {sent.Describe()}");
    }

    /// <summary>Look: what spends the escrow. Act: the coordinator's own way, T+144 deep.</summary>
    public async Task<EffectResult> ReclaimAsync(ReclaimEscrow effect, EffectContext context, CancellationToken cancellation)
    {
        if (Sent(effect.Ticket, effect.Hash, context) is not var (ticket, escrow))
        {
            return EffectResult.Of();
        }

        if (await looker.LookAsync(escrow, cancellation) is not { Spender: null }
            || await RateAsync(cancellation) is not { } rate
            || !(await grains.GetGrain<IWalletGrain>(0).ScriptForAsync($"sweep/{context.Id}")).TryGet(out var script, out _))
        {
            return EffectResult.Later("it is spent, or chain source, fees or an address cannot be had");
        }

        if (EscrowSweep.TryBuild(escrow.Output(ticket.Hash), EscrowPath.Reclaim, Script.FromHex(script), rate) is not { } sweep)
        {
            return EffectResult.Later("the fee would eat the amount: it waits for lower fees");
        }

        using var key = secrets.EscrowKey(context.Id);
        var sent = await chain.BroadcastAsync(sweep.Reclaim(key), cancellation);
        return EffectResult.Later(sent.IsOut ? "sent; waiting to see it" : $"reclaim {sent.Describe()}");
    }

    /// <summary>The witnesses of all escrows of a funding transaction: both parties' signatures, verified one by one.</summary>
    internal async Task<FinalizeEscrows> WitnessesAsync(Guid competition, string owner, Header header, ContractRef contract)
    {
        var text = Encoding.ASCII.GetString(await artefacts.GetAsync(contract.FundingPsbt));
        var psbt = Psbt.ParseBase64(text);
        using var key = secrets.EscrowKey(competition);
        var witnesses = new List<EscrowWitness>();
        foreach (var ticket in header.Roster.Tickets)
        {
            var escrow = ticket.Escrow!.Output(ticket.Hash);
            var input = EscrowPsbt.InputOf(psbt, escrow);
            var own = EscrowPsbt.Sign(psbt, input, escrow, key);
            if (EscrowPsbt.Complete(psbt, escrow, own, Hex.Decode(ticket.Escrow.Signature!)) is { } refusal)
            {
                throw new InvalidOperationException($"the escrow of ticket {ticket.Id} is not signed: {refusal.Name}");
            }

            witnesses.Add(new EscrowWitness(escrow.OutPoint.ToString(), [.. psbt.Inputs[input].FinalScriptWitness!.Select(item => Hex.Encode(item))]));
        }

        return new FinalizeEscrows(owner, text, [.. witnesses]);
    }

    /// <summary>The escrows as the wallet needs them to build the funding transaction.</summary>
    internal static IEnumerable<EscrowInput> Inputs(Header header) => header.Roster.Tickets.Where(ticket => ticket.Escrow is not null).Select(ticket =>
    {
        var escrow = ticket.Escrow!.Output(ticket.Hash);
        return new EscrowInput(
            escrow.OutPoint.ToString(), escrow.Value.Value, escrow.Terms.WitnessScript.ToHex(), escrow.Terms.InputWeight(EscrowPath.Together).Units);
    });

    private static (Ticket Ticket, TicketEscrow Escrow)? Sent(Guid id, Hash32 hash, EffectContext context)
        => context.Header.Roster.Find(id) is { Escrow: { MayBeOut: true } escrow } ticket && ticket.Hash == hash ? (ticket, escrow) : null;

    private async Task<string?> ReleaseAsync(Guid competition, Hash32 hash, PublicKey player)
        => (await grains.GetGrain<IWalletGrain>(0).ReleaseAsync(Owner(competition, hash, player))).TryGet(out _, out var problem) ? null : problem.Detail;

    private async Task<FeeRate?> RateAsync(CancellationToken cancellation)
    {
        if (!(await chain.GetFeeEstimatesAsync(cancellation)).TryGet(out var estimates))
        {
            return null;
        }

        var (rate, least) = (FeeRate.FromSatPerKwu(estimates.For(1).SatPerKwu * Haste), FeeRate.FromSatPerVbyte(settings.Network == Network.Regtest ? 1 : 2));
        return rate < least ? least : rate;
    }
}
