using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>That a competition is played with escrows (D21).</summary>
/// <param name="RefundBlocks">T: how deep an escrow is buried when its player may take it back alone.</param>
public sealed record EscrowOption(int RefundBlocks);

/// <summary>The escrow of one ticket: an output that stands for the entry fee from the payment of the ticket to the funding of the pool.</summary>
/// <param name="OutPoint">Where it is, or will be.</param>
/// <param name="Coordinator">C.</param>
/// <param name="Player">U: the key named with the ticket, which the entry must use.</param>
/// <param name="Value">The entry fee.</param>
/// <param name="RefundBlocks">T.</param>
/// <param name="Transaction">Hash of the stored transaction without witnesses.</param>
/// <param name="Psbt">Hash of the stored PSBT that the wallet signs when it is sent.</param>
/// <param name="Fee">What it pays to miners.</param>
/// <param name="Coins">The wallet's coins that it spends.</param>
public sealed record TicketEscrow(
    OutPoint OutPoint, PublicKey Coordinator, PublicKey Player, Satoshis Value, int RefundBlocks, Hash32 Transaction, Hash32 Psbt, Satoshis Fee,
    ImmutableArray<OutPoint> Coins)
{
    /// <summary>The tip when the intent to send it was written; null: it was never signed.</summary>
    public int? SentAt { get; init; }

    /// <summary>What the chain shows of it.</summary>
    public EscrowSight Sight { get; init; } = EscrowSight.Nothing;

    /// <summary>The player's signature over its input of the funding transaction, hex of DER and type byte; verified before it was stored.</summary>
    public string? Signature { get; init; }

    /// <summary>It was never sent, and its coins are the wallet's again.</summary>
    public bool Released { get; init; }

    /// <summary>The lock, with the ticket's hash.</summary>
    public EscrowTerms Terms(Hash32 ticketHash) => new(Coordinator, Player, Hashlock.FromHash(ticketHash.Bytes), RefundBlocks);

    public EscrowOutput Output(Hash32 ticketHash) => new(Terms(ticketHash), OutPoint, Value);

    /// <summary>From here on it may be on the chain, whatever was seen.</summary>
    [JsonIgnore]
    public bool MayBeOut => SentAt is not null;
}

/// <summary>What the chain shows of one escrow.</summary>
/// <param name="Seen">Its transaction is in the mempool or a block.</param>
/// <param name="Height">The block's height; null while unconfirmed.</param>
/// <param name="Spender">What spends it.</param>
/// <param name="Conflict">What spends one of its transaction's coins instead.</param>
public sealed record EscrowSight(bool Seen, int? Height, EscrowSpender? Spender, EscrowSpender? Conflict)
{
    public static EscrowSight Nothing { get; } = new(false, null, null, null);
}

/// <param name="Path">By which way; null of what is no spend of an escrow.</param>
/// <param name="Height">Null while unconfirmed.</param>
public sealed record EscrowSpender(EscrowPath? Path, Txid Txid, int? Height);
