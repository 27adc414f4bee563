using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

public sealed partial class LndModel
{
    private const int LeastCltvExpiry = 24;
    private const int DefaultCltvExpiry = 80;
    private const int FinalCltvRejectDelta = 19;
    private const long DefaultExpirySeconds = 86_400;
    private const long MostExpirySeconds = 31_536_000;
    private static readonly PaymentHash ZeroPreimageHash = PaymentHash.Of(new byte[32]);

    /// <summary>Adds a hold invoice (with a hash) or a regular one (with or without a preimage).</summary>
    /// <exception cref="LndCallException">A hash used before on this node, whatever became of it, or an argument out of range.</exception>
    public SimulatedInvoice AddInvoice(string nodeName, SimulatedInvoiceOrder order) => Step(() =>
    {
        var node = NodeNamed(nodeName);
        CheckLimits(order);
        var preimage = order.Hash is null ? order.Preimage ?? RandomPreimage() : null;
        var hash = order.Hash ?? preimage!.Hash;
        if (hash == ZeroPreimageHash)
        {
            throw new LndCallException(2, "cannot use hash of all-zeroes preimage");
        }

        if (node.Invoices.ContainsKey(hash))
        {
            throw new LndCallException(2, "invoice with payment hash already exists");
        }

        var secret = new byte[32];
        options.Fill(secret);
        var invoice = new SimulatedInvoice
        {
            Hash = hash,
            Preimage = preimage,
            Hold = order.Hash is not null,
            Memo = order.Memo,
            ValueMsat = order.ValueMsat,
            Created = Now,
            Expiry = order.ExpirySeconds <= 0 ? DefaultExpirySeconds : order.ExpirySeconds,
            CltvExpiry = order.CltvExpiry == 0 ? DefaultCltvExpiry : (int)order.CltvExpiry,
            PaymentSecret = [.. secret],
            AddIndex = ++node.AddIndex,
        };
        invoice = invoice with { PaymentRequest = Bolt11.Encode(Request(node, invoice), node.Key) };
        Store(node, invoice);
        return invoice;
    });

    /// <summary>One invoice.</summary>
    /// <exception cref="LndCallException">Code 5: the node never had it.</exception>
    public SimulatedInvoice LookupInvoice(string nodeName, PaymentHash hash) => Step(() =>
        NodeNamed(nodeName).Invoices.GetValueOrDefault(hash) ?? throw new LndCallException(5, "unable to locate invoice"));

    /// <summary>All invoices of a node by creation.</summary>
    public ImmutableArray<SimulatedInvoice> Invoices(string nodeName) => Step(() =>
        NodeNamed(nodeName).Invoices.Values.OrderBy(invoice => invoice.AddIndex).ToImmutableArray());

    /// <summary>Settles a held invoice; done again when already settled.</summary>
    /// <exception cref="LndCallException">Still open, cancelled, or no invoice with this preimage's hash.</exception>
    public void SettleInvoice(string nodeName, Preimage preimage) => Step(() =>
    {
        var node = NodeNamed(nodeName);
        var invoice = node.Invoices.GetValueOrDefault(preimage.Hash) ?? throw new LndCallException(2, "unable to locate invoice");
        switch (invoice.State)
        {
            case InvoiceState.Open:
                throw new LndCallException(2, "invoice still open");
            case InvoiceState.Canceled:
                throw new LndCallException(2, "invoice already canceled");
            case InvoiceState.Accepted:
                Settle(node, invoice, preimage);
                return true;
            default:
                return false;
        }
    });

    /// <summary>Cancels an open or held invoice; done again when already cancelled.</summary>
    /// <exception cref="LndCallException">Settled, or unknown.</exception>
    public void CancelInvoice(string nodeName, PaymentHash hash) => Step(() =>
    {
        var node = NodeNamed(nodeName);
        var invoice = node.Invoices.GetValueOrDefault(hash) ?? throw new LndCallException(2, "unable to locate invoice");
        if (invoice.State == InvoiceState.Settled)
        {
            throw new LndCallException(2, "invoice already settled");
        }

        return Cancel(node, invoice);
    });

    /// <summary>Makes every node that has this invoice open or held cancel it, as LND does near an HTLC's timeout.</summary>
    /// <returns>True when one did.</returns>
    public bool AutoCancel(PaymentHash hash) => Step<bool>(() =>
    {
        var any = false;
        foreach (var node in _nodes.Values)
        {
            any |= node.Invoices.GetValueOrDefault(hash) is { State: InvoiceState.Open or InvoiceState.Accepted } invoice
                && Cancel(node, invoice);
        }

        return any;
    });

    private static void CheckLimits(SimulatedInvoiceOrder order)
    {
        if (order.ValueMsat < 0)
        {
            throw new LndCallException(2, "amount cannot be negative");
        }

        if (order.ValueMsat > 10_000_000_000_000_000)
        {
            throw new LndCallException(2, "invoice amount is too large");
        }

        if (order.ExpirySeconds > MostExpirySeconds)
        {
            throw new LndCallException(
                2, $"expiry of {order.ExpirySeconds} seconds greater than max expiry of 3.1536e+07 seconds");
        }

        if (order.CltvExpiry is > 0 and < LeastCltvExpiry)
        {
            throw new LndCallException(2, $"CLTV delta of {order.CltvExpiry} must be greater than minimum of {LeastCltvExpiry}");
        }

        if (order.CltvExpiry > ushort.MaxValue)
        {
            throw new LndCallException(2, $"CLTV delta of {order.CltvExpiry} is too large, max accepted is: {ushort.MaxValue}");
        }

        var bytes = Encoding.UTF8.GetByteCount(order.Memo);
        if (bytes > 1024)
        {
            throw new LndCallException(2, $"memo too large: {bytes} bytes (maxsize=1024)");
        }

        if (bytes > 639)
        {
            throw new LndCallException(2, $"data length too big to fit within 10 bits: {((bytes * 8) + 4) / 5}");
        }
    }

    private Preimage RandomPreimage()
    {
        var bytes = new byte[32];
        options.Fill(bytes);
        return Preimage.FromBytes(bytes);
    }

    private Bolt11Invoice Request(LndNode node, SimulatedInvoice invoice) => new()
    {
        Network = options.Network,
        Amount = invoice.ValueMsat == 0 ? null : Millisatoshis.Of(invoice.ValueMsat),
        CreatedUtc = DateTimeOffset.FromUnixTimeSeconds(invoice.Created),
        Expiry = TimeSpan.FromSeconds(invoice.Expiry),
        HasExpiry = true,
        CltvExpiry = invoice.CltvExpiry,
        HasCltvExpiry = true,
        PaymentHash = invoice.Hash,
        PaymentSecret = invoice.PaymentSecret,
        Description = invoice.Memo,
        Payee = node.Key.PublicKey,
        Features = [8, 14, 17, 25],
    };

    /// <summary>Takes an HTLC, or says why not; every reason looks the same to the payer.</summary>
    private bool TryAccept(LndNode payee, LndNode payer, SimulatedPayment payment, Bolt11Invoice request)
    {
        var invoice = payee.Invoices.GetValueOrDefault(payment.Hash);
        var expiryHeight = payment.TimeLock - options.RoutingDelta;
        if (invoice is not { State: InvoiceState.Open }
            || !CryptographicOperations.FixedTimeEquals(invoice.PaymentSecret.AsSpan(), request.PaymentSecret.AsSpan())
            || payment.ValueMsat < Math.Max(1, invoice.ValueMsat)
            || expiryHeight < _height + Math.Max(FinalCltvRejectDelta, invoice.CltvExpiry))
        {
            return false;
        }

        var htlc = new SimulatedHtlc(
            ++_htlcCounter, payer.Name, payment.ValueMsat, _height, Now, ResolveTime: 0, expiryHeight, HtlcState.Accepted);
        payee.IncomingMsat += payment.ValueMsat;
        var held = invoice with { State = InvoiceState.Accepted, PaidMsat = payment.ValueMsat, Htlcs = invoice.Htlcs.Add(htlc) };
        if (invoice.Hold)
        {
            Store(payee, held);
        }
        else
        {
            Settle(payee, held, invoice.Preimage!);
        }

        return true;
    }

    private void Settle(LndNode node, SimulatedInvoice invoice, Preimage preimage)
    {
        var time = Now;
        var settled = invoice with
        {
            State = InvoiceState.Settled,
            Preimage = preimage,
            SettleIndex = ++node.SettleIndex,
            Settled = time,
            Htlcs = [.. invoice.Htlcs.Select(htlc => htlc.State == HtlcState.Accepted
                ? htlc with { State = HtlcState.Settled, ResolveTime = time } : htlc)],
        };
        foreach (var htlc in invoice.Htlcs.Where(htlc => htlc.State == HtlcState.Accepted))
        {
            node.IncomingMsat -= htlc.AmountMsat;
            node.LocalMsat += htlc.AmountMsat;
            Succeed(_nodes[htlc.Payer], invoice.Hash, preimage);
        }

        Store(node, settled);
    }

    private bool Cancel(LndNode node, SimulatedInvoice invoice)
    {
        if (invoice.State == InvoiceState.Canceled)
        {
            return false;
        }

        var time = Now;
        foreach (var htlc in invoice.Htlcs.Where(htlc => htlc.State == HtlcState.Accepted))
        {
            node.IncomingMsat -= htlc.AmountMsat;
            Fail(_nodes[htlc.Payer], invoice.Hash, PaymentFailure.IncorrectPaymentDetails);
        }

        Store(node, invoice with
        {
            State = InvoiceState.Canceled,
            Htlcs = [.. invoice.Htlcs.Select(htlc => htlc.State == HtlcState.Accepted
                ? htlc with { State = HtlcState.Canceled, ResolveTime = time } : htlc)],
        });
        return true;
    }

    /// <summary>Time concerns open invoices only; an accepted one is never cancelled by time.</summary>
    private void CancelOpenPastExpiry(LndNode node)
    {
        var now = Now;
        foreach (var invoice in node.Invoices.Values
            .Where(invoice => invoice.State == InvoiceState.Open && now >= invoice.Created + invoice.Expiry).ToArray())
        {
            Cancel(node, invoice);
        }
    }

    private void CancelHeldPastDeadline(LndNode node)
    {
        foreach (var invoice in node.Invoices.Values.Where(invoice => invoice is { State: InvoiceState.Accepted }
            && invoice.Htlcs.Where(htlc => htlc.State == HtlcState.Accepted).Min(htlc => htlc.ExpiryHeight)
                <= _height + options.HoldExpiryDelta).ToArray())
        {
            Cancel(node, invoice);
        }
    }
}
