using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>Every invoice and every payment of every node, and when each came into its state.</summary>
internal sealed partial class Evidence
{
    private readonly Dictionary<(string Node, PaymentHash Hash), SimulatedInvoice> _invoices = [];
    private readonly Dictionary<(string Node, PaymentHash Hash), DateTimeOffset> _since = [];
    private readonly Dictionary<(string Node, PaymentHash Hash), SimulatedPayment> _payments = [];

    /// <summary>What each watched node had when it came, in millisatoshis.</summary>
    public SortedDictionary<string, long> Starts { get; } = new(StringComparer.Ordinal);

    public IEnumerable<SimulatedInvoice> CoordinatorInvoices => InvoicesOf(World.CoordinatorNode);

    public IEnumerable<SimulatedInvoice> InvoicesOf(string node) => _invoices.Where(pair => pair.Key.Node == node).Select(pair => pair.Value);

    public IEnumerable<SimulatedPayment> PaymentsOf(string node) => _payments.Where(pair => pair.Key.Node == node).Select(pair => pair.Value);

    /// <summary>The coordinator's invoice of this hash, or null.</summary>
    public SimulatedInvoice? Invoice(Hash32 hash) => _invoices.GetValueOrDefault((World.CoordinatorNode, PaymentHash.FromBytes(hash.Bytes)));

    /// <summary>When the coordinator's invoice came into its state.</summary>
    public DateTimeOffset InvoiceSince(Hash32 hash) => _since.GetValueOrDefault((World.CoordinatorNode, PaymentHash.FromBytes(hash.Bytes)));

    /// <summary>The coordinator's payment of this hash, or null.</summary>
    public SimulatedPayment? Payment(Hash32 hash) => PaymentOf(World.CoordinatorNode, hash);

    public SimulatedPayment? PaymentOf(string node, Hash32 hash) => _payments.GetValueOrDefault((node, PaymentHash.FromBytes(hash.Bytes)));

    private void StartAll(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            var view = World.Lightning.FindNode(node) ?? throw new ArgumentException($"there is no node {node} yet", nameof(nodes));
            Starts.TryAdd(node, view.LocalMsat + view.HeldOutgoingMsat);
        }
    }

    private void FollowLightning(LndEvent change)
    {
        if (change.Invoice is { } invoice)
        {
            var key = (change.Node, invoice.Hash);
            var before = _invoices.GetValueOrDefault(key);
            _invoices[key] = invoice;
            if (before?.State != invoice.State)
            {
                _since[key] = Now;
            }

            Tell(rule => rule.OnInvoice(change.Node, before, invoice));
        }
        else if (change.Payment is { } payment)
        {
            var key = (change.Node, payment.Hash);
            var before = _payments.GetValueOrDefault(key);
            _payments[key] = payment;
            Tell(rule => rule.OnPayment(change.Node, before, payment));
        }
    }
}
