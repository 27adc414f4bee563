using Coordinator.Bitcoin;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>One node: key, macaroon, one channel into the network, its databases of invoices and payments. Guarded by the model.</summary>
internal sealed class LndNode
{
    public required string Name { get; init; }

    public required SecretKey Key { get; init; }

    public required string MacaroonHex { get; init; }

    /// <summary>What the node brought in; for the books.</summary>
    public required long InitialMsat { get; init; }

    public required long CapacityMsat { get; init; }

    public long LocalMsat { get; set; }

    public long OutgoingMsat { get; set; }

    public long IncomingMsat { get; set; }

    public long RemoteMsat => CapacityMsat - LocalMsat - OutgoingMsat - IncomingMsat;

    public ulong AddIndex { get; set; }

    public ulong SettleIndex { get; set; }

    public ulong PaymentIndex { get; set; }

    public Dictionary<PaymentHash, SimulatedInvoice> Invoices { get; } = [];

    public Dictionary<PaymentHash, SimulatedPayment> Payments { get; } = [];

    public static LndNode Create(string name, long localMsat, long remoteMsat, Action<byte[]> fill)
    {
        SecretKey? key = null;
        var bytes = new byte[32];
        for (var attempt = 0; key is null && attempt < 100; attempt++)
        {
            fill(bytes);
            key = SecretKey.TryFrom(bytes);
        }

        var macaroon = new byte[48];
        fill(macaroon);
        macaroon[0] = 2;
        return new LndNode
        {
            Name = name,
            Key = key ?? throw new InvalidOperationException("the source of randomness gives no key"),
            MacaroonHex = Convert.ToHexStringLower(macaroon),
            InitialMsat = localMsat,
            CapacityMsat = localMsat + remoteMsat,
            LocalMsat = localMsat,
        };
    }

    public LndNodeView View() => new(Name, Key.PublicKey.ToHex(), LocalMsat, OutgoingMsat, IncomingMsat, RemoteMsat);
}
