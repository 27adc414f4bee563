using System.Security.Cryptography;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>The world in which the simulated nodes live.</summary>
public sealed record LndModelOptions
{
    /// <summary>Network of every payment request.</summary>
    public LightningNetwork Network { get; init; } = LightningNetwork.Regtest;

    /// <summary>First block height.</summary>
    public int Height { get; init; } = 1;

    /// <summary>Routing fee of the one path between any two nodes: a fixed part in millisatoshis.</summary>
    public long FeeBaseMsat { get; init; } = 1_000;

    /// <summary>And a part per million of the amount.</summary>
    public long FeePartsPerMillion { get; init; }

    /// <summary>Blocks the path adds to a payment's time lock; 0 is a direct channel.</summary>
    public int RoutingDelta { get; init; }

    /// <summary>Blocks before an HTLC's timeout at which a held invoice is cancelled by the node
    /// (<c>invoices.holdexpirydelta</c>).</summary>
    public int HoldExpiryDelta { get; init; } = 18;

    /// <summary>Fills node keys, payment secrets and macaroons; a seeded source makes runs repeatable.</summary>
    public Action<byte[]> Fill { get; init; } = static bytes => RandomNumberGenerator.Fill(bytes);
}

/// <summary>A node as its owner sees it; amounts in millisatoshis.</summary>
/// <param name="Name">Its name in the simulator.</param>
/// <param name="PublicKey">66 hex digits.</param>
/// <param name="LocalMsat">Spendable.</param>
/// <param name="HeldOutgoingMsat">In outgoing HTLCs, fees included.</param>
/// <param name="HeldIncomingMsat">In incoming HTLCs: held invoices.</param>
/// <param name="RemoteMsat">Room to receive.</param>
public sealed record LndNodeView(
    string Name, string PublicKey, long LocalMsat, long HeldOutgoingMsat, long HeldIncomingMsat, long RemoteMsat);
