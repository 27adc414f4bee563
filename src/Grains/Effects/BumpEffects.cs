using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Helps waiting transactions to confirm (D22): looks again, has the wallet make a child, writes it down, and only then sends it.</summary>
public sealed class BumpEffects(
    IChain chain, IGrainFactory grains, ChainLooker looker, FundingEffects funding, SettlementEffects settlement)
{
    /// <summary>The intent under which the wallet holds this competition's coins for bumping.</summary>
    public static string Owner(Guid competition) => $"bump/{competition}";

    /// <summary>Look: whether it is still wanted. Act: the first time only to write the child down, the next time to send it.</summary>
    public async Task<EffectResult> RunAsync(BumpEffect effect, LiveState state, EffectContext context, CancellationToken cancellation)
    {
        if (await looker.LookAsync(state, cancellation) is not { } view)
        {
            return EffectResult.Later("the chain source cannot be asked");
        }

        var seen = new ChainSeen(view, context.Now);
        if (state.Absorb(seen) is not LiveState fresh || view.Fees is not { } fees || !fresh.Wants().Contains(effect))
        {
            return EffectResult.Of(seen);
        }

        if (effect is BumpSplit && fees.Of(BumpTarget.Split) is null && await settlement.ForgottenPaymentsAsync(fresh, cancellation) is { } forgotten)
        {
            return forgotten;
        }

        return effect is BumpSweep sweep
            ? await SweepAsync(sweep, fresh, context.Now, cancellation)
            : await ChildAsync(effect, fresh, fees, context.Now, cancellation);
    }

    /// <summary>Tells the wallet that nothing will be bumped any more.</summary>
    public async Task<EffectResult> EndAsync(EffectContext context)
    {
        var ended = await grains.GetGrain<IWalletGrain>(0).EndBumpsAsync(Owner(context.Id));
        return ended.TryGet(out _, out var problem) ? EffectResult.Of(new CoinsReleased(context.Now)) : EffectResult.Later(problem.Detail);
    }

    private async Task<EffectResult> ChildAsync(BumpEffect effect, LiveState state, FeeView fees, DateTimeOffset now, CancellationToken cancellation)
    {
        var target = effect is BumpFunding ? BumpTarget.Funding : effect is BumpSplit ? BumpTarget.Split : BumpTarget.Outcome;
        var waiting = fees.Of(target);
        var (parent, why) = waiting is not null ? await FindAsync(waiting.Txid, cancellation) : await BuildAsync(effect, state);
        if (parent is null)
        {
            return EffectResult.Later(why);
        }

        var child = waiting?.Child;
        var cap = BumpRules.Cap(state.Header.Terms);
        var ours = child is not null && state.Live.Bumps.Any(bump => bump.Txid == child.Txid);
        if (ours && child!.Fee.Value + child.VirtualBytes > cap.Value)
        {
            return EffectResult.Later($"the limit of {cap} for helping {parent.Txid} is reached: it waits for lower fees");
        }

        var rival = ours ? null : child;
        var answer = await grains.GetGrain<IWalletGrain>(0).BumpAsync(new BumpRequest(
            Owner(state.Header.Terms.Id), parent.ToHex(), waiting?.Fee.Value ?? await FeeAsync(effect, parent, state), FeeLooker.HandleOf(parent),
            fees.Estimate.SatPerKwu, cap.Value, rival?.Fee.Value ?? 0, rival?.VirtualBytes ?? 0));
        if (!answer.TryGet(out var made, out var problem))
        {
            return EffectResult.Later($"no child for {parent.Txid}: {problem.Detail}");
        }

        var transaction = Transaction.Parse(made.Transaction);
        if (state.Live.Bumps.All(bump => bump.Txid != transaction.Txid))
        {
            var bump = BumpRules.Next(state.Live, target, -1, parent.Txid, transaction.Txid, Satoshis.Of(made.Fee));
            return EffectResult.Later($"child {transaction.Txid} is written down", new BumpIntended(bump, now));
        }

        return EffectResult.Later($"{await SendAsync(parent, transaction, cancellation)}{(made.Limit is { } limit ? $"; it pays no more: {limit}" : "")}");
    }

    private async Task<(Transaction? Parent, string Why)> FindAsync(Txid txid, CancellationToken cancellation)
        => (await chain.FindTransactionAsync(txid, cancellation)).TryGet(out var found) && found is not null
            ? (found, "")
            : (null, $"{txid} cannot be read at the moment");

    /// <summary>What is not to be seen anywhere is made anew: alone it may be too poor to be taken.</summary>
    private async Task<(Transaction? Parent, string Why)> BuildAsync(BumpEffect effect, LiveState state) => effect switch
    {
        BumpFunding => await funding.SignAsync(state),
        BumpOutcome outcome when state.Live.Attestation?.Outcome == outcome.Outcome => (await settlement.OutcomeTransactionAsync(outcome.Outcome, state), ""),
        BumpExpiry => (await settlement.ExpiryTransactionAsync(state), ""),
        BumpSplit when state.Wants().OfType<BroadcastSplit>().FirstOrDefault() is { } split => (await settlement.SplitTransactionAsync(split.Winner, state), ""),
        _ => (null, "it is not to be sent at the moment"),
    };

    private async Task<long> FeeAsync(BumpEffect effect, Transaction parent, LiveState state) => effect is BumpFunding
        ? state.Live.Contract.FundingFee.Value
        : FeeBump.FeeOf(await settlement.ContractAsync(state.Live), parent)?.Value
            ?? throw new InvalidOperationException($"{parent.Txid} is no transaction of this contract");

    private async Task<string> SendAsync(Transaction parent, Transaction child, CancellationToken cancellation)
    {
        var sent = await chain.BroadcastPackageAsync([parent, child], cancellation);
        if (sent.Refusal == BroadcastRefusal.NotSupported)
        {
            _ = await chain.BroadcastAsync(parent, cancellation);
            sent = await chain.BroadcastAsync(child, cancellation);
        }

        return sent.IsOut ? $"child {child.Txid} sent; waiting to see it" : $"child {child.Txid} {sent.Describe()}";
    }

    private async Task<EffectResult> SweepAsync(BumpSweep effect, LiveState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var made = await settlement.SweepAgainAsync(effect, state);
        if (made is not var (transaction, fee, parent))
        {
            return EffectResult.Later("its fee has reached the limit, or no address to sweep to can be had");
        }

        var target = effect.Winner < 0 ? BumpTarget.Split : BumpTarget.Share;
        if (state.Live.Bumps.All(bump => bump.Txid != transaction.Txid))
        {
            var bump = BumpRules.Next(state.Live, target, effect.Winner, parent, transaction.Txid, fee);
            return EffectResult.Later($"sweep {transaction.Txid} is written down", new BumpIntended(bump, now));
        }

        var sent = await chain.BroadcastAsync(transaction, cancellation);
        return EffectResult.Later(sent.IsOut ? $"sweep {transaction.Txid} sent; waiting to see it" : $"sweep {transaction.Txid} {sent.Describe()}");
    }
}
