using Coordinator.Simulators.Lnd;
using Coordinator.Testing;

namespace Coordinator.Lightning.Tests;

/// <summary>A coordinator and two players in one model, on a clock that a test moves.</summary>
internal sealed class Nodes
{
    public const string Coordinator = "coordinator";
    public const string Alice = "alice";
    public const string Bob = "bob";

    public Nodes(Func<LndModelOptions, LndModelOptions>? change = null)
    {
        var random = new Splitmix(42);
        var options = new LndModelOptions { Height = 100, Fill = random.Fill };
        Model = new LndModel(change is null ? options : change(options), Clock);
        foreach (var name in new[] { Coordinator, Alice, Bob })
        {
            Model.EnsureNode(name, 1_000_000_000, 1_000_000_000);
        }
    }

    public ManualTimeProvider Clock { get; } = new();

    public LndModel Model { get; }

    public static Preimage Secret(byte fill) => Preimage.FromBytes(Enumerable.Repeat(fill, 32).ToArray());

    public SimulatedInvoice Hold(Preimage preimage, long msat = 50_000_000, ulong cltv = 144, long expiry = 600) =>
        Model.AddInvoice(Coordinator, new SimulatedInvoiceOrder(preimage.Hash, null, msat, expiry, cltv, "seat"));

    public SimulatedPayment Pay(string node, SimulatedInvoice invoice, int cltvLimit = 0, long feeLimit = 10_000, long amount = 0) =>
        Model.Pay(node, new SimulatedPayOrder(invoice.PaymentRequest, amount, feeLimit, cltvLimit));

    public InvoiceState StateOf(SimulatedInvoice invoice, string node = Coordinator) => Model.LookupInvoice(node, invoice.Hash).State;

    public long Balance(string node) => Model.FindNode(node)!.LocalMsat;

    public static string Refusal(Action call) => Assert.Throws<LndCallException>(call).Message;
}
