namespace Coordinator.Players.Records;

/// <summary>Everything a player must not lose, one file each. Secret nonces are never in it.</summary>
internal sealed record PlayerRecord
{
    /// <summary>What was agreed to before anything was paid.</summary>
    public AgreedTerms? Terms { get; init; }

    /// <summary>Drawn at random, hex.</summary>
    public required string PayoutPreimage { get; init; }

    public SeatRecord? Seat { get; init; }

    public bool Entered { get; init; }

    public ContractRecord? Contract { get; init; }

    /// <summary>Opens the split through this player's leaf, hex; once the ticket was sold.</summary>
    public string? TicketPreimage { get; init; }

    /// <summary>The end of this player's story; null while it goes on.</summary>
    public string? Ended { get; init; }

    /// <summary>What it received, in satoshis.</summary>
    public long Received { get; init; }

    /// <summary>Names the entry only; what opens money is never printed.</summary>
    public override string ToString() => $"PlayerRecord {{ Entry = {Seat?.Entry} }}";
}

/// <summary>A competition as it was offered when the player chose it.</summary>
/// <param name="EscrowBlocks">After so many blocks this player may take an escrow back alone; null where it is played without.</param>
internal sealed record AgreedTerms(
    int Entries, int Places, long Pool, int Delta, long Price, DateTimeOffset SigningDate, IReadOnlyList<string> Stations, int Values,
    int? EscrowBlocks = null);

/// <summary>The seat: its hash is the payment hash of the invoice.</summary>
/// <param name="Keymeld">Where the entry's key was left to be signed with; null where the player signs itself.</param>
/// <param name="Escrow">What was checked of its escrow; null where it is played without.</param>
internal sealed record SeatRecord(
    Guid Ticket, Guid Entry, string PaymentRequest, string TicketHash, KeymeldSeat? Keymeld = null, EscrowRecord? Escrow = null);

/// <summary>The escrow of a seat; with the ticket hash, the entry's key and the agreed terms it is the whole lock.</summary>
/// <param name="Coordinator">66 hex digits.</param>
/// <param name="OutPoint">txid:vout.</param>
internal sealed record EscrowRecord(string Coordinator, string OutPoint);

/// <summary>What goes with the entry so that it is signed for without the player (http-api §16.6); the user id is the ticket's.</summary>
/// <param name="GatewayUrl">As the ticket named it.</param>
/// <param name="EnclaveKey">66 hex digits: announced by the gateway and, where pins were given, pinned.</param>
/// <param name="Epoch">Of that key when it was checked.</param>
/// <param name="EncryptedKey">The entry's key, which only that enclave can open; kept so that a repeated entry is the same one.</param>
/// <param name="AuthKey">66 hex digits.</param>
internal sealed record KeymeldSeat(string GatewayUrl, Guid Session, int Enclave, string EnclaveKey, int Epoch, string EncryptedKey, string AuthKey);

/// <summary>A contract that was verified, and the signatures that were verified against it.</summary>
/// <param name="Parameters">Canonical JSON.</param>
/// <param name="Signatures">JSON of the pruned signatures.</param>
internal sealed record ContractRecord(string Parameters, string FundingOutpoint, string Signatures);
