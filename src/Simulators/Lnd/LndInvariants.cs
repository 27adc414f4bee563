using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>What must be true after every step of the model.</summary>
internal static class LndInvariants
{
    public static void Check(IReadOnlyList<LndNode> nodes, long routingFees)
    {
        Require(
            nodes.Sum(node => node.InitialMsat) == nodes.Sum(node => node.LocalMsat + node.OutgoingMsat) + routingFees,
            "millisatoshis were made or lost");
        foreach (var node in nodes)
        {
            Require(
                node.LocalMsat >= 0 && node.RemoteMsat >= 0 && node.OutgoingMsat >= 0 && node.IncomingMsat >= 0,
                $"a balance of {node.Name} is below zero");
            var held = node.Invoices.Values.SelectMany(invoice => invoice.Htlcs).Where(htlc => htlc.State == HtlcState.Accepted);
            Require(node.IncomingMsat == held.Sum(htlc => htlc.AmountMsat), $"{node.Name} holds other money than its HTLCs");
            var sent = node.Payments.Values.Where(payment => payment.HasHtlc).Sum(payment => payment.ValueMsat + payment.FeeMsat);
            Require(node.OutgoingMsat == sent, $"{node.Name} has other money out than its payments");
            foreach (var invoice in node.Invoices.Values)
            {
                Check(node.Name, invoice);
            }

            foreach (var payment in node.Payments.Values)
            {
                Require(payment.Status == PaymentStatus.InFlight || !payment.HasHtlc, $"a final payment {payment.Hash} has money out");
                Require(
                    payment.Status != PaymentStatus.Succeeded || payment.Preimage?.Hash == payment.Hash,
                    $"a paid payment {payment.Hash} lacks its preimage");
            }
        }
    }

    private static void Check(string node, SimulatedInvoice invoice)
    {
        var live = invoice.Htlcs.Any(htlc => htlc.State == HtlcState.Accepted);
        Require(
            live == (invoice.State == InvoiceState.Accepted),
            $"invoice {invoice.Hash} of {node} is {invoice.State} with live HTLCs: {live}");
        Require(
            invoice.State != InvoiceState.Settled || (invoice.Preimage?.Hash == invoice.Hash && invoice.SettleIndex > 0),
            $"invoice {invoice.Hash} of {node} is settled without its preimage");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"the simulated network is broken: {otherwise}");
        }
    }
}
