using Coordinator.Players.Wire;

namespace Coordinator.Players.Lnd;

/// <summary>A player's wallet that is a real LND; all players of a process share it. Waits for a node that is away.</summary>
internal sealed class LndWallet(LndCalls calls, string network, TimeProvider clock) : PlayerWallet
{
    private const long LeastFeeSats = 10;
    private const long FeePercent = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override async Task OpenAsync(long sats, CancellationToken cancellation)
    {
        var info = await PatientlyAsync(() => calls.InfoAsync(cancellation), cancellation);
        if (info.Network != network)
        {
            throw new PlayerException($"the payer's node is on {info.Network}, not on {network}");
        }
    }

    public override async Task<string?> PayAsync(string invoice, string hash, long sats, CancellationToken cancellation)
    {
        if ((await TrackAsync(hash, cancellation)).State is LndPayment.None or LndPayment.Failed)
        {
            await PatientlyAsync(
                async () =>
                {
                    await calls.PayAsync(invoice, Math.Max(LeastFeeSats, sats * FeePercent / 100), cancellation);
                    return true;
                },
                cancellation);
        }

        var now = await TrackAsync(hash, cancellation);
        return now.State == LndPayment.Failed ? now.Reason : null;
    }

    public override async Task<(long Sats, long FeeMsat)?> SpentAsync(string hash, CancellationToken cancellation)
    {
        var payment = await TrackAsync(hash, cancellation);
        return payment.State == LndPayment.Succeeded ? (payment.Sats, payment.FeeMsat) : null;
    }

    public override Task<string> InvoiceAsync(byte[] preimage, string hash, long sats, CancellationToken cancellation)
        => PatientlyAsync(() => calls.InvoiceAsync(hash, sats, "payout", cancellation), cancellation);

    /// <summary>Takes the money as soon as it is held: only then it was received.</summary>
    public override async Task<long?> ReceivedAsync(byte[] preimage, string hash, CancellationToken cancellation)
    {
        var invoice = await PatientlyAsync(() => calls.LookupAsync(hash, cancellation), cancellation);
        if (invoice.State == LndInvoice.Accepted)
        {
            await PatientlyAsync(
                async () =>
                {
                    await calls.SettleAsync(preimage, cancellation);
                    return true;
                },
                cancellation);
            invoice = await PatientlyAsync(() => calls.LookupAsync(hash, cancellation), cancellation);
        }

        return invoice.State == LndInvoice.Settled ? invoice.Sats : null;
    }

    private Task<(LndPayment State, long Sats, long FeeMsat, string Reason)> TrackAsync(string hash, CancellationToken cancellation)
        => PatientlyAsync(() => calls.TrackAsync(hash, cancellation), cancellation);

    /// <exception cref="PlayerException">The node refuses.</exception>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (LndException failure) when (failure.IsUnclear)
            {
                await Task.Delay(Pause, clock, cancellation);
            }
            catch (LndException failure)
            {
                throw new PlayerException($"the payer's node refuses: {failure.Message}");
            }
        }
    }
}
