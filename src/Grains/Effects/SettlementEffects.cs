using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Sends outcome, expiry, split, closes and sweeps. All of them can be made again from what is stored, so sending twice is safe.</summary>
public sealed class SettlementEffects(
    IChain chain, IGrainFactory grains, IArtefacts artefacts, IContractWork work, ISecrets secrets, ContractLibrary library, CoordinatorSettings settings)
{
    public async Task<EffectResult> OutcomeAsync(BroadcastOutcome effect, LiveState state, CancellationToken cancellation)
    {
        var signed = await SignedAsync(state.Live);
        var attestation = state.Live.Attestation ?? throw new InvalidOperationException("an outcome is to be sent without its attestation");
        var scalar = Hex.Decode(attestation.Scalar);
        var transaction = await work.RunAsync(() => signed.OutcomeTransaction(Outcome.Attestation(effect.Outcome), scalar));
        return await SendAsync(transaction, "outcome", cancellation);
    }

    public async Task<EffectResult> ExpiryAsync(LiveState state, CancellationToken cancellation)
        => await SendAsync((await SignedAsync(state.Live)).ExpiryTransaction(), "expiry", cancellation);

    /// <summary>Through the leaf of a winner whose seat is sold; its ticket preimage is with its player already (D16).</summary>
    public async Task<EffectResult> SplitAsync(BroadcastSplit effect, LiveState state, CancellationToken cancellation)
    {
        var signed = await SignedAsync(state.Live);
        var win = Win(state.Live, effect.Winner);
        var ticket = state.Header.Roster.FindEntry(state.Live.Contract.Seats[effect.Winner])!;
        if (ticket.Stage != TicketStage.Settled)
        {
            throw new InvalidOperationException("a split is to be sent through an unsold seat");
        }

        var preimage = secrets.Open(InvoiceEffects.Purpose(ticket.Id), ticket.SealedPreimage);
        var transaction = signed.SplitTransaction(win, preimage);
        CryptographicOperations.ZeroMemory(preimage);
        return await SendAsync(transaction, "split", cancellation);
    }

    /// <summary>The outcome's output with the keys of all its winners, every one of them paid.</summary>
    public async Task<EffectResult> CloseAsync(LiveState state, CancellationToken cancellation)
    {
        var dlc = await library.GetAsync(state.Live.Contract);
        var outcome = OutcomeOf(state.Live);
        var winners = state.Live.Contract.Winners(state.Header.Terms, state.Live.Decided!.Outcome);
        var keys = new List<SecretKey> { secrets.MarketMakerKey(state.Header.Terms.Id) };
        try
        {
            keys.AddRange(winners.Select(winner => WinnerKey(state, winner)));
            var sweep = await BuildAsync(dlc.OutcomeClose(outcome), SweepPurpose(state), cancellation);
            return sweep is null
                ? EffectResult.Later("no fee rate or address to sweep to, or the fee would eat the amount")
                : await SendAsync(sweep.SignClose(0, keys).Transaction, "close", cancellation);
        }
        finally
        {
            keys.ForEach(key => key.Dispose());
        }
    }

    /// <summary>The outcome's output after 2Δ; only where no winner holds a ticket (D16).</summary>
    public async Task<EffectResult> ReclaimAsync(LiveState state, CancellationToken cancellation)
    {
        var dlc = await library.GetAsync(state.Live.Contract);
        using var key = secrets.MarketMakerKey(state.Header.Terms.Id);
        var sweep = await BuildAsync(dlc.OutcomeReclaim(OutcomeOf(state.Live)), SweepPurpose(state), cancellation);
        return sweep is null
            ? EffectResult.Later("no fee rate or address to sweep to, or the fee would eat the amount")
            : await SendAsync(sweep.Sign(0, key).Transaction, "reclaim", cancellation);
    }

    /// <summary>One winner's share: by key, by payout preimage, or after 2Δ.</summary>
    public async Task<EffectResult> ShareAsync(SweepShare effect, LiveState state, CancellationToken cancellation)
    {
        var dlc = await library.GetAsync(state.Live.Contract);
        var win = Win(state.Live, effect.Winner);
        var from = effect.Kind switch
        {
            ShareSweep.Close => dlc.SplitClose(win),
            ShareSweep.SellBack => dlc.SplitSellback(win),
            ShareSweep.Reclaim => dlc.SplitReclaim(win),
        };
        var sweep = await BuildAsync(from, SweepPurpose(state), cancellation);
        return sweep is null
            ? EffectResult.Later("no fee rate or address to sweep to, or the fee would eat the amount")
            : await SendAsync(Sign(sweep, effect, state), $"share {effect.Winner}", cancellation);
    }

    private Transaction Sign(SweepTransaction sweep, SweepShare effect, LiveState state)
    {
        using var key = secrets.MarketMakerKey(state.Header.Terms.Id);
        switch (effect.Kind)
        {
            case ShareSweep.Close:
                using (var winner = WinnerKey(state, effect.Winner))
                {
                    return sweep.SignClose(0, [key, winner]).Transaction;
                }

            case ShareSweep.SellBack:
                var entry = state.Live.Contract.Seats[effect.Winner];
                var preimage = secrets.Open(PayoutEffects.PreimagePurpose(entry), state.Live.PayoutOf(entry)!.SealedPreimage!);
                var signed = sweep.Sign(0, key, preimage).Transaction;
                CryptographicOperations.ZeroMemory(preimage);
                return signed;
            default:
                return sweep.Sign(0, key).Transaction;
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

    private async Task<SweepTransaction?> BuildAsync(Sweep sweep, string purpose, CancellationToken cancellation)
    {
        if (!(await chain.GetFeeEstimatesAsync(cancellation)).TryGet(out var estimates)
            || !(await grains.GetGrain<IWalletGrain>(0).ScriptForAsync(purpose)).TryGet(out var script, out _))
        {
            return null;
        }

        // Null too where the fee would eat what is swept: it waits for a better rate.
        return SweepTransaction.TryBuild([sweep], Script.FromHex(script), ContractEffects.ContractRate(estimates, settings), out var transaction, out _)
            ? transaction
            : null;
    }

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
