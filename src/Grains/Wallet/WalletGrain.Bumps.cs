using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Wallet;

namespace Coordinator.Grains;

/// <summary>Fee-bumping children: one for each parent's output, replaced by richer forms of itself, never by a second one beside it.</summary>
public sealed partial class WalletGrain
{
    public async Task<Answer<BumpChildView>> BumpAsync(BumpRequest request)
    {
        var parent = Transaction.Parse(request.Parent);
        var handle = parent.OutPoint((uint)request.Output);
        if (!(await wallet.ScanAsync(CancellationToken.None)).TryGet(out var view))
        {
            return Unavailable;
        }

        var known = stored.State.Children.FirstOrDefault(child => child.Owner == request.Owner && child.Unsigned().Inputs[0].PreviousOutput == handle);
        Transaction? before = null;
        if (known is not null && IsUsable(known, view))
        {
            var signed = await SignAsync(known);
            if (!signed.TryGet(out before, out var unsigned))
            {
                return unsigned;
            }

            if (Suffices(request, parent, before, known.Fee))
            {
                return new BumpChildView(before.ToHex(), known.Fee, null);
            }
        }

        var prepared = await wallet.PrepareChildAsync(OrderOf(request, parent, before), CancellationToken.None);
        if (!prepared.TryGet(out var payment))
        {
            // What was paid already is the most: it may be sent again, and more is not spent.
            return before is not null && prepared.Refusal is not null
                ? new BumpChildView(before.ToHex(), known!.Fee, prepared.Describe())
                : Refused(prepared.Refusal, prepared.Describe());
        }

        var child = await StoreAsync(request.Owner, known, payment);
        return (await SignAsync(child)).TryGet(out var transaction, out var problem) ? Show(request, parent, transaction, child.Fee) : problem;
    }

    public async Task<Answer<Done>> EndBumpsAsync(string owner)
    {
        if (!stored.State.EndedBumps.Contains(owner, StringComparer.Ordinal))
        {
            await WriteAsync(stored.State with { EndedBumps = stored.State.EndedBumps.Add(owner) });
        }

        await SettleBumpsAsync();
        return Done.Instance;
    }

    private static BumpChildView Show(BumpRequest request, Transaction parent, Transaction child, long fee)
        => new(child.ToHex(), fee, Suffices(request, parent, child, fee) ? null : $"the limit of {request.MostFee} sat is reached");

    /// <summary>In the place of its earlier form; what is left of a kept coin is kept.</summary>
    private async Task<StoredChild> StoreAsync(string owner, StoredChild? known, PreparedPayment payment)
    {
        await KeepChangeAsync(owner, payment);
        var child = new StoredChild(owner, wallet.ToPsbt(payment).ToBase64(), payment.Fee.Value, [.. known?.Tried ?? [], payment.Txid]);
        var others = known is null ? stored.State.Children : stored.State.Children.Remove(known);
        await WriteAsync(stored.State with { Children = others.Add(child) });
        return child;
    }

    private static ChildOrder OrderOf(BumpRequest request, Transaction parent, Transaction? before) => new()
    {
        Owner = request.Owner,
        Parent = parent,
        ParentFee = Satoshis.Of(request.ParentFee),
        Output = (uint)request.Output,
        FeeRate = FeeRate.FromSatPerKwu(request.RateSatPerKwu),
        Replaces = before,
        MostFee = Satoshis.Of(request.MostFee),
        UpToMostFee = true,
        Rival = request.RivalVirtualBytes > 0 ? new RivalChild(Satoshis.Of(request.RivalFee), request.RivalVirtualBytes) : null,
    };

    /// <summary>Whether both together pay the rate, and the child drives out its rival.</summary>
    private static bool Suffices(BumpRequest request, Transaction parent, Transaction child, long fee)
    {
        var size = child.Weight.VirtualBytes;
        var together = (Int128)(request.ParentFee + fee) * 1_000 >= (Int128)request.RateSatPerKwu * 4 * (parent.Weight.VirtualBytes + size);
        var wins = request.RivalVirtualBytes == 0
            || (fee >= request.RivalFee + size && (Int128)fee * request.RivalVirtualBytes > (Int128)request.RivalFee * size);
        return together && wins;
    }

    /// <summary>Every coin is there and spent by nothing but forms of this child. A reorganisation or a conflict may have taken one away.</summary>
    private static bool IsUsable(StoredChild child, WalletView view)
    {
        var mine = view.Outputs.ToDictionary(output => output.OutPoint);
        return child.Unsigned().Inputs.Skip(1).All(input => mine.TryGetValue(input.PreviousOutput, out var coin)
            && (coin.SpentBy is not { } spender || child.Tried.Contains(spender)));
    }

    /// <summary>A kept coin stays kept: what is left of it is the owner's again.</summary>
    private async Task KeepChangeAsync(string owner, PreparedPayment payment)
    {
        var kept = stored.State.Payments.FirstOrDefault(candidate => candidate.BumpOwner == owner)?.BumpReserve;
        var change = payment.Unsigned.Outputs[0];
        if (payment.Inputs[0].Derivation is null && change.Value.Value < kept)
        {
            _ = await reservations.ReserveAsync(owner, [new ReservedCoin(payment.Unsigned.OutPoint(0), change.Value)], CancellationToken.None);
        }
    }

    /// <summary>The output after those ordered is the bumps' before the payment is stored.</summary>
    private async Task<StoredPayment> KeepForBumpsAsync(StoredPayment payment, SpendOrder order, string? owner)
    {
        if (owner is null)
        {
            return payment;
        }

        await reservations.ReleaseAsync(owner, CancellationToken.None);
        if (order.KeepBack == Satoshis.Zero)
        {
            return payment;
        }

        var kept = payment.Unsigned().OutPoint((uint)order.Outputs.Count);
        _ = await reservations.ReserveAsync(owner, [new ReservedCoin(kept, order.KeepBack)], CancellationToken.None);
        return payment with { BumpOwner = owner, BumpReserve = order.KeepBack.Value };
    }

    private async Task<Answer<Transaction>> SignAsync(StoredChild child)
    {
        var finalized = await wallet.FinalizeAsync(child.Owner, Psbt.ParseBase64(child.Psbt), CancellationToken.None);
        return finalized.TryGet(out var transaction) ? transaction : Refused(finalized.Refusal, finalized.Describe());
    }

    /// <summary>Frees what is kept for competitions that are over, once each of their children, or what was confirmed in its place, is six deep.
    /// One that no node knows any more is sent again: its coins come home by it, or by what is in its way.</summary>
    private async Task SettleBumpsAsync()
    {
        foreach (var owner in stored.State.EndedBumps)
        {
            var open = false;
            foreach (var child in stored.State.Children.Where(child => child.Owner == owner))
            {
                if (await DeciderAsync(child.Unsigned()) is null)
                {
                    open = true;
                    await SendAgainAsync(child);
                }
            }

            if (!open)
            {
                await ForgetBumpsAsync(owner);
            }
        }
    }

    private async Task SendAgainAsync(StoredChild child)
    {
        var status = await chain.GetStatusAsync(child.Tried[^1], CancellationToken.None);
        if (status.TryGet(out var known) && known is TransactionStatus.Unknown && (await SignAsync(child)).TryGet(out var signed, out _))
        {
            _ = await chain.BroadcastAsync(signed, CancellationToken.None);
        }
    }

    private async Task ForgetBumpsAsync(string owner)
    {
        await reservations.SettleAsync(owner, CancellationToken.None);
        await WriteAsync(stored.State with
        {
            Children = stored.State.Children.RemoveAll(child => child.Owner == owner),
            EndedBumps = stored.State.EndedBumps.Remove(owner),
        });
    }
}
