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
internal sealed record AgreedTerms(
    int Entries, int Places, long Pool, int Delta, long Price, DateTimeOffset SigningDate, IReadOnlyList<string> Stations, int Values);

/// <summary>The seat: its hash is the payment hash of the invoice.</summary>
internal sealed record SeatRecord(Guid Ticket, Guid Entry, string PaymentRequest, string TicketHash);

/// <summary>A contract that was verified, and the signatures that were verified against it.</summary>
/// <param name="Parameters">Canonical JSON.</param>
/// <param name="Signatures">JSON of the pruned signatures.</param>
internal sealed record ContractRecord(string Parameters, string FundingOutpoint, string Signatures);
