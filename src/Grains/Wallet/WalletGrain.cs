using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Wallet;

namespace Coordinator.Grains;

/// <summary>The only place where coins are chosen, reserved and spent, one request after the other.</summary>
[GrainType("wallet")]
public sealed partial class WalletGrain(
    [PersistentState("wallet", "bitcoin")] IPersistentState<WalletDocument> stored,
    CoordinatorWallet wallet,
    ICoinReservations reservations,
    IChain chain,
    CoordinatorSettings settings,
    Intake intake,
    StandingBoard board,
    TimeProvider clock) : Grain, IWalletGrain
{
    private const uint ScriptsAhead = 16;

    /// <summary>Scripts asked for in one call: others wait no longer than that takes.</summary>
    private const int MostSynced = 500;

    /// <summary>Funding is never replaced, so its change must carry a fee-bumping child (D22).</summary>
    private static readonly Satoshis LeastChange = Satoshis.Of(10_000);

    public async Task<Answer<string>> AddressAsync()
        => (await wallet.NextAddressAsync(CancellationToken.None)).TryGet(out var address) ? address.ToString() : Unavailable;

    public async Task<Answer<WalletBalanceView>> BalanceAsync()
    {
        if (!(await wallet.ScanAsync(CancellationToken.None)).TryGet(out var view))
        {
            return Unavailable;
        }

        var held = (await reservations.ListAsync(CancellationToken.None)).Select(reservation => reservation.Coin.OutPoint).ToHashSet();
        var reserved = view.Outputs.Where(output => !output.IsSpent && held.Contains(output.OutPoint)).Sum(output => output.Output.Value.Value);
        var balance = view.Balance;
        return new WalletBalanceView(
            balance.Immature.Value, balance.TrustedPending.Value, balance.UntrustedPending.Value, balance.Confirmed.Value, reserved);
    }

    public async Task<Answer<ImmutableArray<WalletOutputView>>> OutputsAsync()
    {
        if (!(await wallet.ScanAsync(CancellationToken.None)).TryGet(out var view))
        {
            return Unavailable;
        }

        var held = (await reservations.ListAsync(CancellationToken.None)).ToDictionary(reservation => reservation.Coin.OutPoint, reservation => reservation.Owner);
        return view.Outputs
            .Select(output => new WalletOutputView(
                output.OutPoint.ToString(),
                output.Output.Value.Value,
                output.Output.ScriptPubKey.ToHex(),
                output.Derivation.Keychain.ToString(),
                (int)output.Derivation.Index,
                output.Status.ConfirmedHeight,
                held.GetValueOrDefault(output.OutPoint),
                output.IsSpent))
            .ToImmutableArray();
    }

    public async Task<Answer<ImmutableArray<FeeEstimateView>>> EstimatedFeesAsync()
    {
        if (!(await chain.GetFeeEstimatesAsync(CancellationToken.None)).TryGet(out var estimates))
        {
            return Unavailable;
        }

        var first = new FeeEstimateView(1, estimates.For(1).SatPerKwu);
        var others = estimates.ByTarget.Where(pair => pair.Key > 1).OrderBy(pair => pair.Key).Select(pair => new FeeEstimateView(pair.Key, pair.Value.SatPerKwu));
        return ImmutableArray.Create([first, .. others]);
    }

    public async Task<Answer<WalletSyncView>> SyncAsync(SyncRequest request)
    {
        var step = await wallet.SyncAsync(request.Anew, Math.Clamp(request.Most, 1, MostSynced), CancellationToken.None);
        return step.TryGet(out var progress)
            ? new WalletSyncView(progress.Asked, progress.Used, progress.Outputs, progress.Height, progress.IsComplete)
            : Unavailable;
    }

    public async Task<Answer<FundedPsbt>> FundAsync(FundRequest request)
    {
        if (Find(request.Owner) is { } known)
        {
            if (OutputOf(known.Unsigned(), request) is not null)
            {
                return View(known, request);
            }

            if (known.BroadcastTxid is not null)
            {
                return new Problem(ProblemKind.Conflict, "broadcast", $"the payment of {request.Owner} may be out, and it pays for something else");
            }

            // Whoever asked died, or was restored, before it stored what it had got, and fees went on: nothing of it was ever signed.
            await WriteAsync(stored.State with { Payments = stored.State.Payments.Remove(known) });
        }

        await SettleAsync();

        // An earlier attempt may have reserved coins and died before its payment was stored: nothing of it was ever out.
        await reservations.ReleaseAsync(request.Owner, CancellationToken.None);
        var (order, prepared) = await PrepareAsync(OrderOf(request));
        if (!prepared.TryGet(out var payment))
        {
            return Refused(prepared.Refusal, prepared.Describe());
        }

        var payable = await KeepForBumpsAsync(Describe(Store(request.Owner, payment), request.Escrows), order, request.BumpOwner);
        await WriteAsync(stored.State with { Payments = stored.State.Payments.Add(payable) });
        return View(payable, request);
    }

    private static SpendOrder OrderOf(FundRequest request) => new()
    {
        Owner = request.Owner,
        Outputs = [new TxOut(Satoshis.Of(request.Value), Script.FromHex(request.ScriptPubKey))],
        FeeRate = FeeRate.FromSatPerKwu(request.RateSatPerKwu),
        LeastConfirmations = request.LeastConfirmations,
        LeastChange = LeastChange,
        Foreign = [.. request.Escrows.Select(Foreign)],
        KeepBack = request.BumpOwner is null ? Satoshis.Zero : Satoshis.Of(request.BumpReserve),
    };

    /// <summary>Where there is too little to keep anything for bumping it goes on without, and the order says so.</summary>
    private async Task<(SpendOrder Order, WalletAnswer<PreparedPayment> Prepared)> PrepareAsync(SpendOrder order)
    {
        var prepared = await wallet.PrepareAsync(order, CancellationToken.None);
        if (prepared.Refusal != WalletRefusal.InsufficientFunds || order.KeepBack == Satoshis.Zero)
        {
            return (order, prepared);
        }

        order = order with { KeepBack = Satoshis.Zero };
        return (order, await wallet.PrepareAsync(order, CancellationToken.None));
    }

    public async Task<Answer<string>> FinalizeAsync(string owner, string psbt)
    {
        if (Find(owner) is not { } payment)
        {
            return Problems.NotFound("payment_not_found", $"the wallet holds no payment for {owner}");
        }

        if (payment.Psbt != psbt)
        {
            return Problems.Invalid("other_psbt", "the PSBT is not the one this wallet made");
        }

        return await SignAsync(payment);
    }

    public async Task<Answer<string>> ScriptForAsync(string purpose)
    {
        if (stored.State.Scripts.FirstOrDefault(script => script.Purpose == purpose) is { } known)
        {
            return wallet.AddressAt(new Derivation(Keychain.Internal, known.Index)).ScriptPubKey.ToHex();
        }

        if (!(await wallet.ScanAsync(CancellationToken.None)).TryGet(out var view))
        {
            return Unavailable;
        }

        // Never so far ahead of what is used that a scan would stop before it; then a script serves two purposes.
        var ahead = (uint)stored.State.Scripts.Count(script => script.Index >= view.NextInternal) % ScriptsAhead;
        var script = new StoredScript(purpose, view.NextInternal + ahead);
        await WriteAsync(stored.State with { Scripts = stored.State.Scripts.Add(script) });
        return wallet.AddressAt(new Derivation(Keychain.Internal, script.Index)).ScriptPubKey.ToHex();
    }

    public async Task<Answer<Done>> ReleaseAsync(string owner)
    {
        if (Find(owner) is { BroadcastTxid: not null })
        {
            return new Problem(ProblemKind.Conflict, "broadcast", $"the payment of {owner} may be out: its coins stay reserved until it is decided");
        }

        await reservations.ReleaseAsync(owner, CancellationToken.None);
        await WriteAsync(stored.State with { Payments = stored.State.Payments.RemoveAll(payment => payment.Owner == owner) });
        return Done.Instance;
    }

    /// <summary>The broadcast intent is on disk before a signature leaves this grain.</summary>
    private async Task<Answer<string>> SignAsync(StoredPayment payment)
    {
        if (!payment.Returns.IsEmpty)
        {
            return new Problem(ProblemKind.Conflict, "broadcast", $"the coins of {payment.Owner} are being taken back: its payment is not sent again");
        }

        await MarkAsync(payment);
        var finalized = await wallet.FinalizeAsync(payment.Owner, Psbt.ParseBase64(payment.Psbt), CancellationToken.None);
        return finalized.TryGet(out var transaction) ? transaction.ToHex() : Refused(finalized.Refusal, finalized.Describe());
    }

    private async Task MarkAsync(StoredPayment payment)
    {
        if (payment.BroadcastTxid is null)
        {
            var marked = payment with { BroadcastTxid = payment.Unsigned().Txid };
            await WriteAsync(stored.State with { Payments = stored.State.Payments.Replace(payment, marked) });
        }
    }

    private StoredPayment Store(string owner, PreparedPayment payment) => new(owner, wallet.ToPsbt(payment).ToBase64(), payment.Fee.Value, null);

    private async Task WriteAsync(WalletDocument next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        intake.Touch();
        CountHolds();
    }

    private StoredPayment? Find(string owner) => stored.State.Payments.FirstOrDefault(payment => payment.Owner == owner);

    private static Answer<FundedPsbt> View(StoredPayment payment, FundRequest request)
    {
        var transaction = payment.Unsigned();
        return new FundedPsbt(
            payment.Psbt,
            transaction.OutPoint((uint)OutputOf(transaction, request)!.Value).ToString(),
            payment.Fee,
            [.. transaction.Inputs.Select(input => input.PreviousOutput.ToString())],
            payment.BumpReserve);
    }

    /// <summary>The output that pays what was asked for, or null where none does.</summary>
    private static int? OutputOf(Transaction transaction, FundRequest request)
    {
        foreach (var (index, output) in transaction.Outputs.Index())
        {
            if (output.ScriptPubKey.ToHex() == request.ScriptPubKey && output.Value.Value == request.Value)
            {
                return index;
            }
        }

        return null;
    }

    private static Problem Refused(WalletRefusal? reason, string detail) => reason is null
        ? Problems.Unavailable("chain_unavailable", detail)
        : new Problem(ProblemKind.Conflict, $"wallet_{reason.Value.ToString().ToLowerInvariant()}", detail);

    private static Problem Unavailable => Problems.Unavailable("chain_unavailable", "the chain source cannot be asked: try again shortly");
}
