using Coordinator.Bitcoin;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Lightning.Tests;

/// <summary>The port without a wire behaves as the port over it.</summary>
[Trait("Kind", "Rules")]
public sealed class ModelLightningTests
{
    private readonly Nodes _nodes = new();
    private readonly LndFaults _faults = new();
    private readonly ModelLightning _port;

    public ModelLightningTests() => _port = new ModelLightning(_nodes.Model, Nodes.Coordinator, _faults, _nodes.Clock);

    [Fact]
    public async Task Sells_watches_and_settles()
    {
        var preimage = Nodes.Secret(1);
        Assert.True((await _port.AddHoldInvoiceAsync(Rig.Order(preimage.Hash), CancellationToken.None)).TryGet(out var seat));
        var states = new List<InvoiceState>();
        await foreach (var invoice in _port.WatchInvoiceAsync(preimage.Hash, CancellationToken.None))
        {
            states.Add(invoice.State);
            if (states.Count == 1)
            {
                _nodes.Model.Pay(Nodes.Alice, new SimulatedPayOrder(seat.PaymentRequest, 0, 10_000, 0));
            }
            else if (states.Count == 2)
            {
                Assert.True((await _port.SettleInvoiceAsync(preimage, CancellationToken.None)).TryGet(out _));
            }
        }

        Assert.Equal([InvoiceState.Open, InvoiceState.Accepted, InvoiceState.Settled], states);
        Assert.True((await _port.GetBalancesAsync(CancellationToken.None)).TryGet(out var balances));
        Assert.Equal(1_050_000_000, balances.Local.Value);
    }

    [Fact]
    public async Task Pays_tracks_lists_and_names_refusals()
    {
        var preimage = Nodes.Secret(2);
        var invoice = _nodes.Model.AddInvoice(Nodes.Bob, new SimulatedInvoiceOrder(null, preimage, 5_000, 0, 24, ""));
        var order = new PaymentOrder(invoice.PaymentRequest, null, Millisatoshis.Of(2_000), 50, TimeSpan.FromSeconds(30));
        Assert.Equal(LightningRefusal.NotFound, (await _port.TrackPaymentAsync(preimage.Hash, CancellationToken.None)).Refusal);
        Assert.True((await _port.PayAsync(order, CancellationToken.None)).TryGet(out var first));
        Assert.Equal(PaymentStatus.InFlight, first.Status);
        Assert.True((await _port.TrackPaymentAsync(preimage.Hash, CancellationToken.None)).TryGet(out var paid));
        Assert.Equal(preimage, paid.Preimage);
        Assert.Equal(LightningRefusal.AlreadyPaid, (await _port.PayAsync(order, CancellationToken.None)).Refusal);
        Assert.True((await _port.ListAllPaymentsAsync(null, CancellationToken.None)).TryGet(out var all));
        Assert.Equal(paid, Assert.Single(all));
    }

    [Fact]
    public async Task A_dropped_answer_is_unclear_and_was_done_a_broken_call_was_not()
    {
        var (one, two) = (Nodes.Secret(3), Nodes.Secret(4));
        _faults.Script(new LndFault("AddHoldInvoice", LndFaultKind.DropAnswer));
        _faults.Script(new LndFault("AddHoldInvoice", LndFaultKind.BreakBefore));
        foreach (var preimage in new[] { one, two })
        {
            Assert.IsType<LightningAnswer<HoldInvoice>.Unclear>(
                await _port.AddHoldInvoiceAsync(Rig.Order(preimage.Hash), CancellationToken.None));
        }

        Assert.True((await _port.FindInvoiceAsync(one.Hash, CancellationToken.None)).TryGet(out _));
        Assert.Equal(LightningRefusal.NotFound, (await _port.FindInvoiceAsync(two.Hash, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task A_delay_passes_on_the_injected_clock()
    {
        _faults.Script(new LndFault("*", LndFaultKind.DelayBefore, Delay: TimeSpan.FromHours(1)));
        var call = _port.GetInfoAsync(CancellationToken.None);
        Assert.False(call.IsCompleted);
        _nodes.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True((await call).TryGet(out _));
    }

    [Fact]
    public async Task Orders_out_of_range_are_a_programmers_error_before_anything_happens()
    {
        var hash = Nodes.Secret(5).Hash;
        foreach (var order in new[]
        {
            Rig.Order(hash) with { Amount = Millisatoshis.Zero },
            Rig.Order(hash) with { CltvExpiry = 23 },
            Rig.Order(hash) with { Expiry = TimeSpan.Zero },
        })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _port.AddHoldInvoiceAsync(order, CancellationToken.None));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _port.PayAsync(Rig.Payment("x", cltvLimit: 0), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _port.ListPaymentsAsync(new PaymentQuery(Most: 0), CancellationToken.None));
        Assert.Equal(LightningRefusal.NotFound, (await _port.FindInvoiceAsync(hash, CancellationToken.None)).Refusal);
    }
}
