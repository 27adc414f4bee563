using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Grains;

/// <summary>What becomes of reserved coins: freed once decided (D42), held where somebody else spent them.</summary>
public sealed partial class WalletGrain
{
    /// <summary>One more than six (D42): what a reorganisation of six blocks takes back is still held, and can be sent again.</summary>
    private const int SettledDepth = 7;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        UnreadableDocumentException.Require(stored.State.Schema, WalletDocument.CurrentSchema, "the document of the wallet");
        CountHolds();
        return Task.CompletedTask;
    }

    public Task<bool> WakeAsync() => SettleAsync();

    private void CountHolds()
    {
        var open = stored.State.Holds.Where(hold => hold.Release is null).Select(hold => hold.Kind).ToList();
        intake.CountHolds(Guid.Empty, open.Count);
        board.PutHolds("wallet", open);
    }

    public Task<ImmutableArray<HoldView>> HoldsAsync() => Task.FromResult<ImmutableArray<HoldView>>([.. stored.State.Holds.Select(hold => hold.View("wallet"))]);

    public async Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word)
    {
        if (stored.State.Holds.Released(word, clock.GetUtcNow()) is not { } next)
        {
            return Problems.NotFound("hold_not_found", $"the wallet has no hold {word.Id}");
        }

        await WriteAsync(stored.State with { Holds = next });
        return Done.Instance;
    }

    public async Task<ImmutableArray<string>> OwnersAsync()
    {
        // Nothing else runs in this grain now: coins without a payment are of an attempt that died before it stored one.
        var waiting = (await reservations.ListAsync(CancellationToken.None)).Where(reservation => reservation.Broadcast is null)
            .Select(reservation => reservation.Owner).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        foreach (var owner in waiting.Where(owner => Find(owner) is null && IsOneStep(owner) && stored.State.Children.All(child => child.Owner != owner)))
        {
            await reservations.ReleaseAsync(owner, CancellationToken.None);
        }

        return [.. waiting.Where(owner => Find(owner) is { BroadcastTxid: null })];
    }

    /// <summary>Owners that reserve coins and store their payment or child in one call.</summary>
    private static bool IsOneStep(string owner)
        => owner.StartsWith("funding/", StringComparison.Ordinal) || owner.StartsWith("escrow/", StringComparison.Ordinal) || owner.StartsWith("send/", StringComparison.Ordinal)
            || owner.StartsWith("send-bump/", StringComparison.Ordinal);

    /// <summary>Frees the coins of payments that are six deep, or whose coins a six deep conflict has spent; names coins that a stranger spent.</summary>
    /// <returns>False where the chain could not be asked about every coin.</returns>
    private async Task<bool> SettleAsync()
    {
        await SettleBumpsAsync();
        var payments = stored.State.Payments;
        if (payments.IsEmpty)
        {
            return true;
        }

        if (!(await chain.GetTipAsync(CancellationToken.None)).TryGet(out var tip))
        {
            return false;
        }

        var (answered, ours) = (true, Ours(payments));
        foreach (var payment in payments)
        {
            var fate = await LookAsync(payment, tip.Height, ours);
            answered &= fate.IsAnswered;
            await TakeAsync(payment, fate);
            if (fate is { IsAnswered: true, IsSpent: false })
            {
                await GoOnAsync(payment);
            }
        }

        return answered;
    }

    /// <summary>Records what became of a payment: its coins are free once that is for good.</summary>
    private async Task TakeAsync(StoredPayment payment, Fate fate)
    {
        var isOver = fate.Decider is not null && payment.BroadcastTxid is not null;
        if (isOver && fate.Decider != payment.BroadcastTxid && BumpsOf(payment) is { } bumps)
        {
            await ForgetBumpsAsync(bumps);
        }

        var next = stored.State with { Holds = fate.Holds.Aggregate(stored.State.Holds, (holds, hold) => holds.With(hold)) };
        if (isOver)
        {
            await reservations.SettleAsync(payment.Owner, CancellationToken.None);
            next = next with
            {
                Payments = next.Payments.RemoveAll(known => known.Owner == payment.Owner),
                Sends = Decided(payment, fate.Decider!.Value),
            };
        }

        if (next.Payments.Length != stored.State.Payments.Length || next.Holds.Length != stored.State.Holds.Length)
        {
            await WriteAsync(next);
        }
    }

    /// <summary>Whose children hang on its change.</summary>
    private static string? BumpsOf(StoredPayment payment)
        => IsSend(payment) ? BumpOwner(payment.Owner["send/".Length..]) : payment.BumpOwner;

    /// <summary>Everything that may spend a reserved coin without being a stranger.</summary>
    private List<Txid> Ours(ImmutableArray<StoredPayment> payments) =>
    [
        .. payments.Select(payment => payment.BroadcastTxid).OfType<Txid>(),
        .. stored.State.Children.SelectMany(child => child.Tried),
        .. payments.SelectMany(payment => payment.Returns.Select(back => back.Txid)),
    ];

    private async Task<Fate> LookAsync(StoredPayment payment, int tip, List<Txid> ours)
    {
        var fate = new Fate(true, false, null, []);
        foreach (var coin in payment.Unsigned().Inputs.Select(input => input.PreviousOutput))
        {
            if (!(await chain.GetSpendingAsync(coin, CancellationToken.None)).TryGet(out var spending))
            {
                fate = fate with { IsAnswered = false };
            }
            else if (spending is OutputSpending.Spent spent)
            {
                var by = spent.By.Txid;
                var stranger = spent.Status.ConfirmedHeight is not null && !ours.Contains(by) && payment.Unsigned().Txid != by;
                fate = new Fate(
                    fate.IsAnswered,
                    true,
                    fate.Decider ?? (spent.Status.ConfirmationsAt(tip) >= SettledDepth ? by : null),
                    stranger ? fate.Holds.Add(Hold(payment, coin, by)) : fate.Holds);
            }
        }

        return fate;
    }

    /// <summary>The transaction that has spent one of these inputs, six deep; null where none has, or it cannot be known.</summary>
    private async Task<Txid?> DeciderAsync(Transaction transaction)
    {
        if (!(await chain.GetTipAsync(CancellationToken.None)).TryGet(out var tip))
        {
            return null;
        }

        foreach (var input in transaction.Inputs)
        {
            if ((await chain.GetSpendingAsync(input.PreviousOutput, CancellationToken.None)).TryGet(out var spending)
                && spending is OutputSpending.Spent spent && spent.Status.ConfirmationsAt(tip.Height) >= SettledDepth)
            {
                return spent.By.Txid;
            }
        }

        return null;
    }

    private StoredHold Hold(StoredPayment payment, OutPoint coin, Txid by) => new(
        "foreign_coin_spend", coin.ToString(), $"the coin that is reserved for {payment.Owner} was spent by {by}, which is no transaction of this wallet's",
        clock.GetUtcNow());

    /// <param name="IsSpent">Something spends one of the coins, in the mempool or the chain.</param>
    /// <param name="Decider">What has spent one of the coins, six deep.</param>
    private sealed record Fate(bool IsAnswered, bool IsSpent, Txid? Decider, ImmutableArray<StoredHold> Holds);
}
