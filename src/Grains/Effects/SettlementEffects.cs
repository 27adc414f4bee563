using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Sends outcome, expiry, split, closes and sweeps. All of them can be made again from what is stored, so sending twice is safe.</summary>
public sealed class SettlementEffects(
    IChain chain, IGrainFactory grains, IArtefacts artefacts, IContractWork work, ISecrets secrets, ContractLibrary library, CoordinatorSettings settings,
    PayoutFinder payouts, TimeProvider clock)
{
    public async Task<EffectResult> OutcomeAsync(BroadcastOutcome effect, LiveState state, CancellationToken cancellation)
        => await SendAsync(await OutcomeTransactionAsync(effect.Outcome, state), "outcome", cancellation);

    public async Task<EffectResult> ExpiryAsync(LiveState state, CancellationToken cancellation)
        => await SendAsync(await ExpiryTransactionAsync(state), "expiry", cancellation);

    /// <summary>Through the leaf of a winner whose seat is sold; its ticket preimage is with its player already (D16).</summary>
    public async Task<EffectResult> SplitAsync(BroadcastSplit effect, LiveState state, CancellationToken cancellation)
        => await ForgottenPaymentsAsync(state, cancellation) ?? await SendAsync(await SplitTransactionAsync(effect.Winner, state), "split", cancellation);

    /// <summary>What was paid and forgotten must be known before the shares go their ways (D43): why a split has to wait, or null.</summary>
    internal async Task<EffectResult?> ForgottenPaymentsAsync(LiveState state, CancellationToken cancellation)
        => await payouts.LookAsync(state, clock.GetUtcNow(), cancellation) switch
        {
            null => EffectResult.Later("the Lightning node cannot be asked whether a winner was paid"),
            { Count: 0 } => null,
            var found => EffectResult.Later("the Lightning node knows payments that the journal does not", [.. found]),
        };

    /// <summary>The outcome's output with the keys of all its winners, every one of them paid.</summary>
    public async Task<EffectResult> CloseAsync(LiveState state, CancellationToken cancellation)
        => await SendSweepAsync(await SweepOutcomeAsync(ShareSweep.Close, state, await RateAsync(cancellation)), "close", cancellation);

    /// <summary>The outcome's output after 2Δ; only where no winner holds a ticket (D16).</summary>
    public async Task<EffectResult> ReclaimAsync(LiveState state, CancellationToken cancellation)
        => await SendSweepAsync(await SweepOutcomeAsync(ShareSweep.Reclaim, state, await RateAsync(cancellation)), "reclaim", cancellation);

    /// <summary>One winner's share: by key, by payout preimage, or after 2Δ.</summary>
    public async Task<EffectResult> ShareAsync(SweepShare effect, LiveState state, CancellationToken cancellation)
        => await SendSweepAsync(
            await SweepShareAsync(effect.Winner, effect.Kind, state, await RateAsync(cancellation)), $"share {effect.Winner}", cancellation);

    /// <summary>A sweep that waits, at the rate of the next block and rich enough to take the place of what is there; with its fee and what it spends.
    /// Null where that would cost more than the limit.</summary>
    internal async Task<(Transaction Transaction, Satoshis Fee, Txid Spends)?> SweepAgainAsync(BumpSweep effect, LiveState state)
    {
        var rate = state.Live.Chain.Fees?.Estimate;
        var sweep = effect.Winner < 0
            ? await SweepOutcomeAsync(effect.Kind, state, rate)
            : await SweepShareAsync(effect.Winner, effect.Kind, state, rate);
        return sweep is null ? null : (sweep.Transaction, sweep.Fee, sweep.Sweeps[0].OutPoint.Txid);
    }

    internal async Task<Transaction> OutcomeTransactionAsync(int outcome, LiveState state)
    {
        var signed = await SignedAsync(state.Live);
        var attestation = state.Live.Attestation ?? throw new InvalidOperationException("an outcome is to be sent without its attestation");
        var scalar = Hex.Decode(attestation.Scalar);
        return await work.RunAsync(() => signed.OutcomeTransaction(Outcome.Attestation(outcome), scalar));
    }

    internal async Task<Transaction> ExpiryTransactionAsync(LiveState state) => (await SignedAsync(state.Live)).ExpiryTransaction();

    internal async Task<Transaction> SplitTransactionAsync(int winner, LiveState state)
    {
        var signed = await SignedAsync(state.Live);
        var ticket = state.Header.Roster.FindEntry(state.Live.Contract.Seats[winner])!;
        if (ticket.Stage != TicketStage.Settled)
        {
            throw new InvalidOperationException("a split is to be sent through an unsold seat");
        }

        var preimage = secrets.Open(InvoiceEffects.Purpose(ticket.Id), ticket.SealedPreimage);
        var transaction = signed.SplitTransaction(Win(state.Live, winner), preimage);
        CryptographicOperations.ZeroMemory(preimage);
        return transaction;
    }

    internal Task<TicketedDlc> ContractAsync(Live live) => library.GetAsync(live.Contract);

    private async Task<SweepTransaction?> SweepOutcomeAsync(ShareSweep kind, LiveState state, FeeRate? rate)
    {
        var dlc = await library.GetAsync(state.Live.Contract);
        var outcome = OutcomeOf(state.Live);
        var from = kind == ShareSweep.Close ? dlc.OutcomeClose(outcome) : dlc.OutcomeReclaim(outcome);
        if (await BuildAsync(from, state, rate, BumpRules.Cap(state.Header.Terms), BumpTarget.Split, -1) is not { } sweep)
        {
            return null;
        }

        var winners = kind == ShareSweep.Close ? state.Live.Contract.Winners(state.Header.Terms, state.Live.Decided!.Outcome) : [];
        var keys = new List<SecretKey> { secrets.MarketMakerKey(state.Header.Terms.Id) };
        try
        {
            keys.AddRange(winners.Select(winner => WinnerKey(state, winner)));
            return kind == ShareSweep.Close ? sweep.SignClose(0, keys) : sweep.Sign(0, keys[0]);
        }
        finally
        {
            keys.ForEach(key => key.Dispose());
        }
    }

    private async Task<SweepTransaction?> SweepShareAsync(int winner, ShareSweep kind, LiveState state, FeeRate? rate)
    {
        var dlc = await library.GetAsync(state.Live.Contract);
        var win = Win(state.Live, winner);
        var from = kind switch
        {
            ShareSweep.Close => dlc.SplitClose(win),
            ShareSweep.SellBack => dlc.SplitSellback(win),
            ShareSweep.Reclaim => dlc.SplitReclaim(win),
        };
        var sweep = await BuildAsync(from, state, rate, BumpRules.ShareCap(from.Prevout.Value), BumpTarget.Share, winner);
        return sweep is null ? null : Sign(sweep, winner, kind, state);
    }

    private SweepTransaction Sign(SweepTransaction sweep, int winner, ShareSweep kind, LiveState state)
    {
        using var key = secrets.MarketMakerKey(state.Header.Terms.Id);
        switch (kind)
        {
            case ShareSweep.Close:
                using (var other = WinnerKey(state, winner))
                {
                    return sweep.SignClose(0, [key, other]);
                }

            case ShareSweep.SellBack:
                var entry = state.Live.Contract.Seats[winner];
                var preimage = secrets.Open(PayoutEffects.PreimagePurpose(entry), state.Live.PayoutOf(entry)!.SealedPreimage!);
                var signed = sweep.Sign(0, key, preimage);
                CryptographicOperations.ZeroMemory(preimage);
                return signed;
            default:
                return sweep.Sign(0, key);
        }
    }

    private SecretKey WinnerKey(LiveState state, int winner)
    {
        var entry = state.Live.Contract.Seats[winner];
        var bytes = secrets.Open(PayoutEffects.KeyPurpose(entry), state.Live.PayoutOf(entry)!.SealedKey!);
        var key = SecretKey.From(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>The rate of a sweep that is sent for the first time; null where estimates cannot be had.</summary>
    private async Task<FeeRate?> RateAsync(CancellationToken cancellation)
        => (await chain.GetFeeEstimatesAsync(cancellation)).TryGet(out var estimates) ? ContractEffects.ContractRate(estimates, settings) : null;

    /// <summary>Unsigned, at the rate but never above the cap. What waits in its place already, its own earlier form or a claim of somebody else, it
    /// outbids. Null where that costs too much: it waits for lower fees.</summary>
    private async Task<SweepTransaction?> BuildAsync(Sweep sweep, LiveState state, FeeRate? rate, Satoshis cap, BumpTarget target, int winner)
    {
        if (rate is not { } asked || !(await grains.GetGrain<IWalletGrain>(0).ScriptForAsync(SweepPurpose(state))).TryGet(out var hex, out _))
        {
            return null;
        }

        var script = Script.FromHex(hex);
        if (!SweepTransaction.TryBuild([sweep], script, FeeRate.Zero, out var free, out _))
        {
            return null;
        }

        var (size, units) = (free.Weight.VirtualBytes, free.Weight.Units);
        var least = state.Live.Chain.Fees?.Of(target, winner) is { } there
            ? BumpRules.LeastToReplace(new ChildFee(there.Txid, there.Fee, there.VirtualBytes), size).Value
            : size;
        if (least > cap.Value)
        {
            return null;
        }

        // Nodes count whole virtual bytes, so the fee is reckoned by them.
        var fee = Math.Max(least, asked.FeeCeiling(Weight.Of(4 * size)).Value);
        var used = FeeRate.FromSatPerKwu(fee > cap.Value ? cap.Value * 1_000 / units : ((fee * 1_000) + units - 1) / units);
        return SweepTransaction.TryBuild([sweep], script, used, out var transaction, out _) ? transaction : null;
    }

    private async Task<EffectResult> SendSweepAsync(SweepTransaction? sweep, string what, CancellationToken cancellation) => sweep is null
        ? EffectResult.Later("no fee rate or address to sweep to, or the fee would eat the amount")
        : await SendAsync(sweep.Transaction, what, cancellation);

    private async Task<EffectResult> SendAsync(Transaction transaction, string what, CancellationToken cancellation)
    {
        var sent = await chain.BroadcastAsync(transaction, cancellation);
        return EffectResult.Later(sent.IsOut ? $"{what} sent; waiting to see it" : $"{what} {sent.Describe()}");
    }

    private async Task<SignedContract> SignedAsync(Live live)
        => new(await library.GetAsync(live.Contract), ContractSignatures.Parse(await artefacts.GetAsync(live.Signed)));

    private static Outcome OutcomeOf(Live live) => live.Decided is { } decided
        ? Of(decided.Outcome)
        : throw new InvalidOperationException("no outcome is confirmed");

    /// <summary>All that comes home from one competition goes to one script.</summary>
    private static string SweepPurpose(LiveState state) => $"sweep/{state.Header.Terms.Id}";

    private static WinCondition Win(Live live, int winner) => new(OutcomeOf(live), winner);

    internal static Outcome Of(int outcome) => outcome < 0 ? Outcome.Expiry : Outcome.Attestation(outcome);
}
