using Coordinator.Bitcoin;

namespace Coordinator.Lightning.Tests;

/// <summary>Every call of the client against the simulator over the wire.</summary>
[Trait("Kind", "Wire")]
public sealed class LndWireTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private Rig _rig = null!;

    public async Task InitializeAsync() => _rig = await Rig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Tells_height_sync_network_and_identity()
    {
        _rig.Model.SetHeight(123);
        Assert.True((await _rig.Client.GetInfoAsync(Rig.Patience)).TryGet(out var info));
        Assert.Equal((123, true, "regtest"), (info.BlockHeight, info.SyncedToChain, info.Network));
        Assert.Equal(_rig.Model.FindNode("coordinator")!.PublicKey, info.PublicKey);
    }

    [Fact]
    public async Task Sells_holds_and_settles()
    {
        var preimage = Preimage.Random();
        var invoice = await _rig.SellAsync(preimage);
        Assert.Equal(preimage.Hash, invoice.Hash);
        _rig.PayAsAlice(invoice.PaymentRequest);

        Assert.True((await _rig.Client.FindInvoiceAsync(preimage.Hash, Rig.Patience)).TryGet(out var held));
        Assert.Equal((InvoiceState.Accepted, 50_000_000L, (int?)247), (held.State, held.Paid.Value, held.EarliestHeldExpiry));
        Assert.True((await _rig.Client.GetBalancesAsync(Rig.Patience)).TryGet(out var balances));
        Assert.Equal(50_000_000, balances.HeldIncoming.Value);

        Assert.True((await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).TryGet(out _));
        Assert.True((await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).TryGet(out _));
        Assert.True((await _rig.Client.FindInvoiceAsync(preimage.Hash, Rig.Patience)).TryGet(out var settled));
        Assert.Equal((InvoiceState.Settled, 1UL, (int?)null), (settled.State, settled.SettleIndex, settled.EarliestHeldExpiry));
        Assert.Equal(
            LightningRefusal.InvoiceAlreadySettled, (await _rig.Client.CancelInvoiceAsync(preimage.Hash, Rig.Patience)).Refusal);
    }

    [Fact]
    public async Task Cancels_and_names_each_refusal()
    {
        var preimage = Preimage.Random();
        var unknown = Preimage.Random();
        await _rig.SellAsync(preimage);
        Assert.Equal(LightningRefusal.InvoiceStillOpen, (await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).Refusal);
        Assert.True((await _rig.Client.CancelInvoiceAsync(preimage.Hash, Rig.Patience)).TryGet(out _));
        Assert.True((await _rig.Client.CancelInvoiceAsync(preimage.Hash, Rig.Patience)).TryGet(out _));
        Assert.Equal(LightningRefusal.InvoiceAlreadyCanceled, (await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).Refusal);
        Assert.Equal(
            LightningRefusal.HashAlreadyUsed, (await _rig.Client.AddHoldInvoiceAsync(Rig.Order(preimage.Hash), Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.NotFound, (await _rig.Client.SettleInvoiceAsync(unknown, Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.NotFound, (await _rig.Client.CancelInvoiceAsync(unknown.Hash, Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.NotFound, (await _rig.Client.FindInvoiceAsync(unknown.Hash, Rig.Patience)).Refusal);
    }

    [Fact]
    public async Task Watches_one_invoice_to_its_end()
    {
        var preimage = Preimage.Random();
        var invoice = await _rig.SellAsync(preimage);
        var states = new List<InvoiceState>();
        await foreach (var seen in _rig.Client.WatchInvoiceAsync(preimage.Hash, Rig.Patience))
        {
            states.Add(seen.State);
            if (seen.State == InvoiceState.Open)
            {
                _rig.PayAsAlice(invoice.PaymentRequest);
            }
            else if (seen.State == InvoiceState.Accepted)
            {
                _rig.Model.SettleInvoice("coordinator", preimage);
            }
        }

        Assert.Equal([InvoiceState.Open, InvoiceState.Accepted, InvoiceState.Settled], states);
    }

    [Fact]
    public async Task Watches_all_invoices_from_an_index_and_never_hears_of_held_ones()
    {
        var (first, second, third) = (Preimage.Random(), Preimage.Random(), Preimage.Random());
        await _rig.SellAsync(first);
        var paid = await _rig.SellAsync(second);
        _rig.PayAsAlice(paid.PaymentRequest);
        _rig.Model.SettleInvoice("coordinator", second);
        var open = await _rig.SellAsync(third);
        _rig.PayAsAlice(open.PaymentRequest);

        using var stop = new CancellationTokenSource();
        var seen = new List<(PaymentHash Hash, InvoiceState State)>();
        await foreach (var invoice in _rig.Client.WatchInvoicesAsync(1, 0, stop.Token))
        {
            seen.Add((invoice.Hash, invoice.State));
            if (seen.Count == 1)
            {
                _rig.Model.SettleInvoice("coordinator", third);
            }

            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([(second.Hash, InvoiceState.Settled), (third.Hash, InvoiceState.Settled)], seen);
    }

    [Fact]
    public async Task Pays_and_reports_the_proof()
    {
        var preimage = Preimage.Random();
        var answer = await _rig.Client.PayAsync(Rig.Payment(_rig.InvoiceOfAlice(preimage, 21_000), Soon), Rig.Patience);
        Assert.True(answer.TryGet(out var payment), answer.Describe());
        Assert.Equal(
            (PaymentStatus.Succeeded, preimage, 21_000_000L, 1_000L),
            (payment.Status, payment.Preimage, payment.Value.Value, payment.Fee.Value));
        Assert.True((await _rig.Client.TrackPaymentAsync(preimage.Hash, Rig.Patience)).TryGet(out var tracked));
        Assert.Equal(payment, tracked);
    }

    [Fact]
    public async Task Pays_an_amount_of_its_own_on_an_invoice_without_one()
    {
        var preimage = Preimage.Random();
        var request = _rig.InvoiceOfAlice(preimage, 0);
        var order = Rig.Payment(request, Soon);
        Assert.Equal(LightningRefusal.InvalidAmount, (await _rig.Client.PayAsync(order, Rig.Patience)).Refusal);
        var answer = await _rig.Client.PayAsync(order with { Amount = Millisatoshis.Of(1_234_567) }, Rig.Patience);
        Assert.True(answer.TryGet(out var payment), answer.Describe());
        Assert.Equal((PaymentStatus.Succeeded, 1_234_567L), (payment.Status, payment.Value.Value));
    }

    [Fact]
    public async Task A_payment_that_the_payee_holds_is_in_flight_and_is_watched_to_its_end()
    {
        var preimage = Preimage.Random();
        var request = _rig.InvoiceOfAlice(preimage, 9_000, hold: true);
        var order = Rig.Payment(request, TimeSpan.FromMilliseconds(100));
        Assert.True((await _rig.Client.PayAsync(order, Rig.Patience)).TryGet(out var payment));
        Assert.Equal(PaymentStatus.InFlight, payment.Status);
        Assert.Equal(LightningRefusal.PaymentInFlight, (await _rig.Client.PayAsync(Rig.Payment(request), Rig.Patience)).Refusal);

        var states = new List<PaymentStatus>();
        await foreach (var seen in _rig.Client.WatchPaymentAsync(preimage.Hash, Rig.Patience))
        {
            states.Add(seen.Status);
            if (states.Count == 1)
            {
                _rig.Model.SettleInvoice("alice", preimage);
            }
        }

        Assert.Equal([PaymentStatus.InFlight, PaymentStatus.Succeeded], states);
        Assert.Equal(LightningRefusal.AlreadyPaid, (await _rig.Client.PayAsync(Rig.Payment(request), Rig.Patience)).Refusal);
    }

    [Fact]
    public async Task Names_why_a_payment_is_refused_or_failed()
    {
        var preimage = Preimage.Random();
        var request = _rig.InvoiceOfAlice(preimage, 9_000);
        Assert.Equal(LightningRefusal.CltvLimit, (await _rig.Client.PayAsync(Rig.Payment(request, cltvLimit: 27), Rig.Patience)).Refusal);
        Assert.Equal(
            LightningRefusal.InvalidPaymentRequest, (await _rig.Client.PayAsync(Rig.Payment("lnbcrt1nonsense"), Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.NotFound, (await _rig.Client.TrackPaymentAsync(preimage.Hash, Rig.Patience)).Refusal);
        var own = await _rig.SellAsync(Preimage.Random());
        var toOurselves = Rig.Payment(own.PaymentRequest, cltvLimit: 500);
        Assert.Equal(LightningRefusal.SelfPayment, (await _rig.Client.PayAsync(toOurselves, Rig.Patience)).Refusal);

        _rig.Model.CancelInvoice("alice", preimage.Hash);
        Assert.True((await _rig.Client.PayAsync(Rig.Payment(request, Soon), Rig.Patience)).TryGet(out var failed));
        Assert.Equal((PaymentStatus.Failed, PaymentFailure.IncorrectPaymentDetails), (failed.Status, failed.Failure));
    }

    [Fact]
    public async Task Lists_payments_page_by_page_with_failed_ones()
    {
        var secrets = Enumerable.Range(0, 5).Select(_ => Preimage.Random()).ToArray();
        foreach (var secret in secrets)
        {
            if (secret == secrets[2])
            {
                _rig.Model.FailNext(secret.Hash, PaymentFailure.NoRoute);
            }

            await _rig.Client.PayAsync(Rig.Payment(_rig.InvoiceOfAlice(secret, 1_000), Soon), Rig.Patience);
        }

        var seen = new List<Payment>();
        var query = new PaymentQuery(Most: 2);
        for (var pages = 0; pages < 10; pages++)
        {
            Assert.True((await _rig.Client.ListPaymentsAsync(query, Rig.Patience)).TryGet(out var page));
            if (page.Payments.IsEmpty)
            {
                break;
            }

            seen.AddRange(page.Payments);
            query = query with { AfterIndex = page.LastIndex };
        }

        Assert.Equal(secrets.Select(secret => secret.Hash), seen.Select(payment => payment.Hash));
        Assert.Equal(PaymentStatus.Failed, seen[2].Status);
        Assert.True((await _rig.Client.ListPaymentsAsync(
            new PaymentQuery(CreatedSinceUtc: seen[0].CreatedUtc.AddDays(1)), Rig.Patience)).TryGet(out var none));
        Assert.Empty(none.Payments);
    }

    [Fact]
    public async Task The_node_and_our_own_reader_agree_on_a_payment_request()
    {
        var text = _rig.InvoiceOfAlice(Preimage.Random(), 21);
        Assert.True((await _rig.Client.DecodeAsync(text, Rig.Patience)).TryGet(out var theirs));
        Assert.True(Bolt11.TryDecode(text, out var ours, out _));
        Assert.Equal(
            (ours.PaymentHash, ours.Payee.ToHex(), ours.Amount, ours.CreatedUtc, ours.Expiry, ours.CltvExpiry, ours.Description!),
            (theirs.Hash, theirs.PayeeKey, theirs.Amount, theirs.CreatedUtc, theirs.Expiry, theirs.CltvExpiry, theirs.Description));
        Assert.Equal(LightningRefusal.InvalidPaymentRequest, (await _rig.Client.DecodeAsync(text[..^1] + (text[^1] == 'q' ? 'p' : 'q'), Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.WrongNetwork, (await _rig.Client.DecodeAsync(Mainnet, Rig.Patience)).Refusal);
    }

    private const string Mainnet =
        "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzq"
        + "fqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3y"
        + "ap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql";
}
