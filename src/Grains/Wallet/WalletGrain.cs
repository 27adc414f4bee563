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
    TimeProvider clock) : Grain, IWalletGrain
{
    private const uint ScriptsAhead = 16;

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

        return estimates.ByTarget.Count == 0
            ? ImmutableArray.Create(new FeeEstimateView(1, estimates.For(1).SatPerKwu))
            : [.. estimates.ByTarget.OrderBy(pair => pair.Key).Select(pair => new FeeEstimateView(pair.Key, pair.Value.SatPerKwu))];
    }

    public async Task<Answer<FundedPsbt>> FundAsync(FundRequest request)
    {
        if (Find(request.Owner) is { } known)
        {
            return View(known, request);
        }

        await SettleAsync();

        // An earlier attempt may have reserved coins and died before its payment was stored: nothing of it was ever out.
        await reservations.ReleaseAsync(request.Owner, CancellationToken.None);
        var order = new SpendOrder
        {
            Owner = request.Owner,
            Outputs = [new TxOut(Satoshis.Of(request.Value), Script.FromHex(request.ScriptPubKey))],
            FeeRate = FeeRate.FromSatPerKwu(request.RateSatPerKwu),
            LeastConfirmations = request.LeastConfirmations,
            LeastChange = LeastChange,
            KeepBack = request.BumpOwner is null ? Satoshis.Zero : Satoshis.Of(request.BumpReserve),
        };
        var prepared = await wallet.PrepareAsync(order, CancellationToken.None);
        if (prepared.Refusal == WalletRefusal.InsufficientFunds && order.KeepBack > Satoshis.Zero)
        {
            // Too little to keep anything for bumping: it goes on, and the answer says so.
            order = order with { KeepBack = Satoshis.Zero };
            prepared = await wallet.PrepareAsync(order, CancellationToken.None);
        }

        if (!prepared.TryGet(out var payment))
        {
            return Refused(prepared.Refusal, prepared.Describe());
        }

        var payable = await KeepForBumpsAsync(Store(request.Owner, payment), order, request.BumpOwner);
        await WriteAsync(stored.State with { Payments = stored.State.Payments.Add(payable) });
        return View(payable, request);
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

    public async Task<Answer<string>> SendAsync(SendRequest request)
    {
        var owner = $"send/{request.RequestId}";
        if (Find(owner) is not { } payment)
        {
            await SettleAsync();
            var (order, problem) = await OrderAsync(owner, request);
            if (order is null)
            {
                return problem!;
            }

            await reservations.ReleaseAsync(owner, CancellationToken.None);
            var prepared = await wallet.PrepareAsync(order, CancellationToken.None);
            if (!prepared.TryGet(out var fresh))
            {
                return Refused(prepared.Refusal, prepared.Describe());
            }

            payment = Store(owner, fresh);
            await WriteAsync(stored.State with { Payments = stored.State.Payments.Add(payment) });
        }

        var signed = await SignAsync(payment);
        if (!signed.TryGet(out var hex, out var unsigned))
        {
            return unsigned;
        }

        var transaction = Transaction.Parse(hex);
        var sent = await chain.BroadcastAsync(transaction, CancellationToken.None);
        return sent.IsOut
            ? transaction.Txid.ToString()
            : Problems.Unavailable("not_sent", $"{transaction.Txid}: {sent.Describe()}; the same request sends the same transaction again");
    }

    private async Task<(SpendOrder? Order, Problem? Problem)> OrderAsync(string owner, SendRequest request)
    {
        if (Address.TryParse(request.AddressTo, settings.Network, out var to, out var why) is false)
        {
            return (null, Problems.Invalid("address", $"address_to: {why}"));
        }

        Script? from = null;
        if (request.AddressFrom is { } text)
        {
            if (!Address.TryParse(text, settings.Network, out var parsed, out var whyNot))
            {
                return (null, Problems.Invalid("address", $"address_from: {whyNot}"));
            }

            from = parsed.ScriptPubKey;
        }

        if (request.Amount is <= 0 or > Satoshis.MaxValue || request.MaxFee is < 0 or > Satoshis.MaxValue)
        {
            return (null, Problems.Invalid("amount", "amount and max_fee are satoshis, above zero"));
        }

        if (!(await chain.GetFeeEstimatesAsync(CancellationToken.None)).TryGet(out var estimates))
        {
            return (null, Unavailable);
        }

        return (new SpendOrder
        {
            Owner = owner,
            Outputs = request.Amount is { } amount ? [new TxOut(Satoshis.Of(amount), to!.ScriptPubKey)] : [],
            DrainTo = request.Amount is null ? to!.ScriptPubKey : null,
            FeeRate = estimates.For(1),
            MostFee = request.MaxFee is { } most ? Satoshis.Of(most) : null,
            OnlyFrom = from,
        }, null);
    }

    /// <summary>The broadcast intent is on disk before a signature leaves this grain.</summary>
    private async Task<Answer<string>> SignAsync(StoredPayment payment)
    {
        if (payment.BroadcastTxid is null)
        {
            var marked = payment with { BroadcastTxid = payment.Unsigned().Txid };
            await WriteAsync(stored.State with { Payments = stored.State.Payments.Replace(payment, marked) });
        }

        var finalized = await wallet.FinalizeAsync(payment.Owner, Psbt.ParseBase64(payment.Psbt), CancellationToken.None);
        return finalized.TryGet(out var transaction) ? transaction.ToHex() : Refused(finalized.Refusal, finalized.Describe());
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
        intake.CountHolds(Guid.Empty, next.Holds.Count(hold => hold.Release is null));
    }

    private StoredPayment? Find(string owner) => stored.State.Payments.FirstOrDefault(payment => payment.Owner == owner);

    private static Answer<FundedPsbt> View(StoredPayment payment, FundRequest request)
    {
        var transaction = payment.Unsigned();
        var output = transaction.Outputs.Index().First(candidate => candidate.Item.ScriptPubKey.ToHex() == request.ScriptPubKey && candidate.Item.Value.Value == request.Value);
        return new FundedPsbt(
            payment.Psbt,
            transaction.OutPoint((uint)output.Index).ToString(),
            payment.Fee,
            [.. transaction.Inputs.Select(input => input.PreviousOutput.ToString())],
            payment.BumpReserve);
    }

    private static Problem Refused(WalletRefusal? reason, string detail) => reason is null
        ? Problems.Unavailable("chain_unavailable", detail)
        : new Problem(ProblemKind.Conflict, $"wallet_{reason.Value.ToString().ToLowerInvariant()}", detail);

    private static Problem Unavailable => Problems.Unavailable("chain_unavailable", "the chain source cannot be asked: try again shortly");
}
