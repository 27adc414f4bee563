using Coordinator.Simulators.Lnd;

namespace Coordinator.Lightning.Tests;

/// <summary>What the client makes of a node, a network or a configuration that fails.</summary>
[Trait("Kind", "Wire")]
public sealed class LndFaultTests : IAsyncLifetime
{
    private Rig _rig = null!;

    public async Task InitializeAsync() => _rig = await Rig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A_lost_answer_is_unclear_and_looking_tells_that_it_worked()
    {
        var preimage = Preimage.Random();
        _rig.Simulator.Faults.Script(new LndFault("AddHoldInvoice", LndFaultKind.DropAnswer));
        var added = await _rig.Client.AddHoldInvoiceAsync(Rig.Order(preimage.Hash), Rig.Patience);
        Assert.Equal(LightningUncertainty.ConnectionLost, Cause(added));
        Assert.True((await _rig.Client.FindInvoiceAsync(preimage.Hash, Rig.Patience)).TryGet(out var found));
        _rig.PayAsAlice(found.PaymentRequest);

        _rig.Simulator.Faults.Script(new LndFault("SettleInvoice", LndFaultKind.DropAnswer));
        Assert.Equal(LightningUncertainty.ConnectionLost, Cause(await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)));
        Assert.True((await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).TryGet(out _));
    }

    [Fact]
    public async Task A_connection_broken_before_the_work_is_unclear_and_looking_tells_that_it_did_not_work()
    {
        var preimage = Preimage.Random();
        _rig.Simulator.Faults.Script(new LndFault("AddHoldInvoice", LndFaultKind.BreakBefore));
        var added = await _rig.Client.AddHoldInvoiceAsync(Rig.Order(preimage.Hash), Rig.Patience);
        Assert.Equal(LightningUncertainty.ConnectionLost, Cause(added));
        Assert.Equal(LightningRefusal.NotFound, (await _rig.Client.FindInvoiceAsync(preimage.Hash, Rig.Patience)).Refusal);
    }

    [Fact]
    public async Task A_payment_whose_answer_is_lost_is_unclear_and_was_made_once()
    {
        var preimage = Preimage.Random();
        var request = _rig.InvoiceOfAlice(preimage, 5_000);
        _rig.Simulator.Faults.Script(new LndFault("SendPaymentV2", LndFaultKind.DropAnswer));
        Assert.Equal(LightningUncertainty.ConnectionLost, Cause(await _rig.Client.PayAsync(Rig.Payment(request), Rig.Patience)));
        Assert.True((await _rig.Client.TrackPaymentAsync(preimage.Hash, Rig.Patience)).TryGet(out var payment));
        Assert.Equal(PaymentStatus.Succeeded, payment.Status);
        Assert.Equal(LightningRefusal.AlreadyPaid, (await _rig.Client.PayAsync(Rig.Payment(request), Rig.Patience)).Refusal);
    }

    [Fact]
    public async Task A_payment_stream_cut_after_the_first_state_still_reports_it()
    {
        var preimage = Preimage.Random();
        _rig.Simulator.Faults.Script(new LndFault("SendPaymentV2", LndFaultKind.CutStream, After: 1));
        var order = Rig.Payment(_rig.InvoiceOfAlice(preimage, 5_000), TimeSpan.FromSeconds(10));
        var answer = await _rig.Client.PayAsync(order, Rig.Patience);
        Assert.True(answer.TryGet(out var payment), answer.Describe());
        Assert.Equal(PaymentStatus.InFlight, payment.Status);
    }

    [Theory]
    [InlineData(LndFaultKind.DelayBefore)]
    [InlineData(LndFaultKind.DelayAfter)]
    public async Task A_slow_node_runs_into_the_deadline_and_the_outcome_is_unclear(LndFaultKind kind)
    {
        var client = _rig.Connect(options => options with { CallTimeout = TimeSpan.FromSeconds(1) });
        _rig.Simulator.Faults.Script(new LndFault("GetInfo", kind, Delay: TimeSpan.FromSeconds(30)));
        Assert.Equal(LightningUncertainty.DeadlineExceeded, Cause(await client.GetInfoAsync(Rig.Patience)));
        _rig.Simulator.Faults.Script(new LndFault("TrackPaymentV2", kind, Delay: TimeSpan.FromSeconds(30)));
        if (kind == LndFaultKind.DelayBefore)
        {
            Assert.Equal(LightningUncertainty.DeadlineExceeded, Cause(await client.TrackPaymentAsync(Preimage.Random().Hash, Rig.Patience)));
        }
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_an_unclear_answer()
    {
        _rig.Simulator.Faults.Script(new LndFault("GetInfo", LndFaultKind.DelayBefore, Delay: TimeSpan.FromSeconds(30)));
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.Equal(LightningUncertainty.Canceled, Cause(await _rig.Client.GetInfoAsync(impatience.Token)));
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_one_has_a_name_of_its_own()
    {
        await using var other = await Rig.StartAsync();
        var client = _rig.Connect(options => options with { TlsCertificatePath = other.Simulator.CertificatePath });
        Assert.Equal(LightningRefusal.WrongCertificate, (await client.GetInfoAsync(Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.WrongCertificate, (await client.PayAsync(Rig.Payment("lnbcrt1"), Rig.Patience)).Refusal);
        var watch = client.WatchInvoiceAsync(Preimage.Random().Hash, Rig.Patience).GetAsyncEnumerator(Rig.Patience);
        Assert.Equal(
            LightningRefusal.WrongCertificate,
            (await Assert.ThrowsAsync<LightningWatchException>(async () => await watch.MoveNextAsync())).Reason);
    }

    [Fact]
    public async Task The_systems_trust_store_does_not_trust_a_self_made_certificate()
    {
        var client = _rig.Connect(options => options with { TlsCertificatePath = "" });
        Assert.Equal(LightningUncertainty.ConnectionLost, Cause(await client.GetInfoAsync(Rig.Patience)));
    }

    [Fact]
    public async Task A_wrong_macaroon_is_unauthorized_and_a_corrected_file_needs_no_restart()
    {
        var path = Path.Combine(_rig.Folder, "wrong.macaroon");
        await File.WriteAllBytesAsync(path, [2, 1, 0]);
        var client = _rig.Connect(options => options with { MacaroonPath = path });
        Assert.Equal(LightningRefusal.Unauthorized, (await client.GetInfoAsync(Rig.Patience)).Refusal);
        Assert.Equal(LightningRefusal.Unauthorized, (await client.TrackPaymentAsync(Preimage.Random().Hash, Rig.Patience)).Refusal);
        File.Copy(_rig.Simulator.MacaroonPath, path, overwrite: true);
        Assert.True((await client.GetInfoAsync(Rig.Patience)).TryGet(out _));
    }

    [Fact]
    public async Task A_locked_or_starting_node_is_not_ready()
    {
        _rig.Simulator.ServerState = LndServerState.Starting;
        Assert.Equal(LightningRefusal.NodeNotReady, (await _rig.Client.GetInfoAsync(Rig.Patience)).Refusal);
        _rig.Simulator.ServerState = LndServerState.Locked;
        Assert.Equal(LightningRefusal.NodeNotReady, (await _rig.Client.GetInfoAsync(Rig.Patience)).Refusal);
    }

    [Theory]
    [InlineData(14, "node going down", LightningUncertainty.ConnectionLost)]
    [InlineData(13, "internal server error", LightningUncertainty.UnknownError)]
    [InlineData(2, "disk on fire 100% \u00fc", LightningUncertainty.UnknownError)]
    public async Task An_error_that_is_no_known_refusal_leaves_the_outcome_unclear(int status, string text, LightningUncertainty expected)
    {
        _rig.Simulator.Faults.Script(new LndFault("SettleInvoice", LndFaultKind.Refuse, Status: status, Text: text));
        var answer = await _rig.Client.SettleInvoiceAsync(Preimage.Random(), Rig.Patience);
        Assert.Equal(expected, Cause(answer));
        Assert.Contains(text, answer.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_watch_outlives_disconnected_streams_and_ended_ones(bool withOk)
    {
        var preimage = Preimage.Random();
        var invoice = await _rig.SellAsync(preimage);
        var states = new List<InvoiceState>();
        await foreach (var seen in _rig.Client.WatchInvoiceAsync(preimage.Hash, Rig.Patience))
        {
            states.Add(seen.State);
            if (states.Count == 1)
            {
                _rig.Simulator.DisconnectStreams(withOk);
            }
            else if (states.Count == 2)
            {
                _rig.PayAsAlice(invoice.PaymentRequest);
                _rig.Model.AutoCancel(preimage.Hash);
            }
        }

        Assert.Equal([InvoiceState.Open, InvoiceState.Open], states[..2]);
        Assert.Equal(InvoiceState.Canceled, states[^1]);
    }

    [Fact]
    public async Task A_watch_outlives_a_restart_of_the_node()
    {
        var preimage = Preimage.Random();
        await _rig.SellAsync(preimage);
        var count = 0;
        await foreach (var seen in _rig.Client.WatchInvoiceAsync(preimage.Hash, Rig.Patience))
        {
            if (++count == 1)
            {
                await _rig.RestartAsync();
            }
            else if (seen.State == InvoiceState.Open)
            {
                _rig.Model.CancelInvoice("coordinator", preimage.Hash);
            }
        }

        Assert.True(count >= 3);
        Assert.Equal(InvoiceState.Canceled, _rig.Model.LookupInvoice("coordinator", preimage.Hash).State);
    }

    [Fact]
    public async Task A_first_message_sent_twice_is_told_twice()
    {
        var preimage = Preimage.Random();
        await _rig.SellAsync(preimage);
        _rig.Model.CancelInvoice("coordinator", preimage.Hash);
        _rig.Simulator.Faults.Script(new LndFault("SubscribeSingleInvoice", LndFaultKind.DuplicateFirst));
        var last = InvoiceState.Open;
        await foreach (var seen in _rig.Client.WatchInvoiceAsync(preimage.Hash, Rig.Patience))
        {
            last = seen.State;
        }

        Assert.Equal(InvoiceState.Canceled, last);
    }

    [Fact]
    public async Task A_watch_of_an_unknown_payment_ends_with_its_name()
    {
        var watch = _rig.Client.WatchPaymentAsync(Preimage.Random().Hash, Rig.Patience).GetAsyncEnumerator(Rig.Patience);
        var ended = await Assert.ThrowsAsync<LightningWatchException>(async () => await watch.MoveNextAsync());
        Assert.Equal(LightningRefusal.NotFound, ended.Reason);
    }

    [Fact]
    public async Task Three_hundred_open_watches_starve_no_call()
    {
        using var stop = new CancellationTokenSource();
        var watches = Enumerable.Range(0, 300).Select(_ => StaySilentAsync(Preimage.Random().Hash, stop.Token)).ToArray();
        Assert.True((await _rig.Client.GetInfoAsync(Rig.Patience)).TryGet(out _));
        await stop.CancelAsync();
        await Task.WhenAll(watches);
    }

    [Fact]
    public void Options_complain_about_everything_at_once()
    {
        var complaints = new LightningOptions { Address = new Uri("http://x"), CallTimeout = TimeSpan.Zero, HoldExpiryDelta = 0 }.Validate();
        Assert.Equal(4, complaints.Count);
        Assert.Throws<ArgumentException>(() => new LndLightning(new LightningOptions(), TimeProvider.System));
    }

    private async Task StaySilentAsync(PaymentHash hash, CancellationToken cancellation)
    {
        try
        {
            await foreach (var _ in _rig.Client.WatchInvoiceAsync(hash, cancellation))
            {
                Assert.Fail("an unknown invoice has no state");
            }
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private static LightningUncertainty? Cause<T>(LightningAnswer<T> answer) => (answer as LightningAnswer<T>.Unclear)?.Cause;
}
