using System.Security.Cryptography;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Looks for payments to winners' payout hashes that the journal does not know: before every split, and after a restore (D43).</summary>
public sealed class PayoutFinder(ILightning lightning, ISecrets secrets, ContractLibrary library)
{
    /// <summary>What LND has and the journal has not; null where it cannot be asked about every hash.</summary>
    public async Task<IReadOnlyList<PaymentFound>?> LookAsync(LiveState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var live = state.Live;
        var found = new List<PaymentFound>();
        foreach (var index in live.Decided is { } decided ? live.Contract.Winners(state.Header.Terms, decided.Outcome) : [.. Enumerable.Range(0, live.Contract.Seats.Length)])
        {
            var entry = state.Header.Roster.FindEntry(live.Contract.Seats[index])!.Entry!;
            if (live.Payouts.Any(payout => payout.PaymentHash == entry.PayoutHash && payout.Live)
                || HoldRules.Find(state.Header, HoldKind.UnexplainedPayment, entry.PayoutHash.ToString()) is not null)
            {
                continue;
            }

            var tracked = await lightning.TrackPaymentAsync(InvoiceEffects.Name(entry.PayoutHash), cancellation);
            if (!tracked.TryGet(out var payment))
            {
                if (tracked.Refusal != LightningRefusal.NotFound)
                {
                    return null;
                }

                continue;
            }

            if (payment.Status != PaymentStatus.Failed)
            {
                found.Add(await ReadAsync(state, index, entry, payment, now));
            }
        }

        return found;
    }

    private async Task<PaymentFound> ReadAsync(LiveState state, int index, Entry entry, Payment payment, DateTimeOffset now)
    {
        var live = state.Live;
        var share = 0L;
        if (live.Decided is { } decided)
        {
            var dlc = await library.GetAsync(live.Contract);
            share = dlc.PayoutOf(new WinCondition(SettlementEffects.Of(decided.Outcome), index)).Value;
        }

        string? preimage = null;
        if (payment is { Status: PaymentStatus.Succeeded, Preimage: { } revealed })
        {
            var opened = revealed.ToBytes();
            preimage = secrets.Seal(PayoutEffects.PreimagePurpose(entry.Id), opened);
            CryptographicOperations.ZeroMemory(opened);
        }

        return new PaymentFound(
            entry.Id, entry.PayoutHash, payment.Status == PaymentStatus.Succeeded ? PaymentState.Succeeded : PaymentState.InFlight,
            live.Decided?.Outcome ?? -1, payment.Value.Value, share, payment.PaymentRequest, preimage, payment.Fee.Value, now);
    }
}
