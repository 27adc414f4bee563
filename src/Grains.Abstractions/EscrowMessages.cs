namespace Coordinator.Grains;

/// <summary>A ticket's escrow: what its player needs to check it, to spend it into the pool, and to take it back.</summary>
/// <param name="Transaction">Hex, without witnesses; its txid is final.</param>
/// <param name="Outpoint"><c>txid:vout</c> of the escrow.</param>
/// <param name="Value">Satoshis.</param>
/// <param name="Descriptor">With its checksum.</param>
/// <param name="WitnessScript">Hex.</param>
/// <param name="Coordinator">C, 66 hex digits.</param>
/// <param name="RefundBlocks">T.</param>
/// <param name="Sent">It may be on the chain.</param>
/// <param name="Height">Null while unconfirmed.</param>
/// <param name="SpentBy">Txid of its spender, or null.</param>
/// <param name="SpentHow">pool, refund, reclaim, together or other; null while unspent.</param>
/// <param name="Signed">The player's signature over the funding transaction is stored.</param>
/// <param name="MayTakeBack">There will be no pool and the ticket is paid: the coordinator signs the player's own spend at once.</param>
/// <param name="RefundOpensAt">The tip from which the player can take it back alone; null while unconfirmed.</param>
/// <param name="TicketPreimage">64 hex digits once LND reports the invoice SETTLED; null before.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.escrow_view")]
public sealed record EscrowView(
    [property: Id(0)] Guid TicketId,
    [property: Id(1)] string Transaction,
    [property: Id(2)] string Outpoint,
    [property: Id(3)] long Value,
    [property: Id(4)] string Descriptor,
    [property: Id(5)] string WitnessScript,
    [property: Id(6)] string Coordinator,
    [property: Id(7)] int RefundBlocks,
    [property: Id(8)] bool Sent,
    [property: Id(9)] int? Height,
    [property: Id(10)] string? SpentBy,
    [property: Id(11)] string? SpentHow,
    [property: Id(12)] bool Signed,
    [property: Id(13)] bool MayTakeBack,
    [property: Id(14)] int? RefundOpensAt,
    [property: Id(15)] string? TicketPreimage);

/// <param name="Psbt">Base64: the funding PSBT as the contract answered it, with the player's signature on their own escrow.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.escrow_signature_request")]
public sealed record EscrowSignatureRequest([property: Id(0)] string Player, [property: Id(1)] Guid Entry, [property: Id(2)] string Psbt);

/// <param name="Transaction">Hex, without witnesses: spends the escrow and nothing else.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.escrow_refund_request")]
public sealed record EscrowRefundRequest([property: Id(0)] string Player, [property: Id(1)] Guid Ticket, [property: Id(2)] string Transaction);
