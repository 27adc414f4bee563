using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Where one seat stands.</summary>
public enum TicketStage
{
    /// <summary>Nobody holds it; its hash was never shown.</summary>
    Free,

    /// <summary>A player holds it until a moment; its invoice is open or about to be made.</summary>
    Reserved,

    /// <summary>Its invoice is ACCEPTED: the money is locked towards us.</summary>
    Paid,

    /// <summary>Its hash is spent: the invoice must be seen cancelled, then it gets a new hash and is free again.</summary>
    Rotating,

    /// <summary>LND's final word is SETTLED: the seat is sold.</summary>
    Settled,

    /// <summary>LND's final word is CANCELED, or the hash was never given to LND: the seat is unsold.</summary>
    Canceled,
}

/// <summary>One seat: preimage (sealed), hash, hold invoice, and the entry that takes it.</summary>
/// <param name="Id">UUIDv7; tickets in ascending order of id are the contract's players (D6).</param>
/// <param name="Hash">SHA-256 of the preimage; the invoice's payment hash and the contract's ticket hash.</param>
/// <param name="SealedPreimage">Base64 of the preimage, sealed with the coordinator's key.</param>
public sealed record Ticket(Guid Id, Hash32 Hash, string SealedPreimage)
{
    public TicketStage Stage { get; init; }

    /// <summary>Who holds the seat.</summary>
    public XOnlyPublicKey? Holder { get; init; }

    /// <summary>The DLC key named when the ticket was asked for; the entry must use it.</summary>
    public PublicKey? BtcKey { get; init; }

    /// <summary>The entry id offered with the ticket.</summary>
    public Guid? OfferedEntryId { get; init; }

    public DateTimeOffset? ReservedAt { get; init; }

    public DateTimeOffset? ReservedUntil { get; init; }

    /// <summary>The hold invoice, once LND has made it.</summary>
    public string? PaymentRequest { get; init; }

    /// <summary>The earliest expiry height among the HTLCs held for it.</summary>
    public int? HtlcExpiry { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    /// <summary>What the payer locked, in millisatoshis; above the price where they overpaid.</summary>
    public long ReceivedMsat { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>A draft until the ticket is paid.</summary>
    public Entry? Entry { get; init; }

    /// <summary>The output that stands for the entry fee until the pool is funded; null in a competition without escrows, and before it is built.</summary>
    public TicketEscrow? Escrow { get; init; }

    /// <summary>True where the seat is paid for and has its entry.</summary>
    [JsonIgnore]
    public bool Complete => Entry is not null && Stage is TicketStage.Paid or TicketStage.Settled;

    /// <summary>True while LND may still hold or take money for its hash.</summary>
    [JsonIgnore]
    public bool Unresolved => Stage is TicketStage.Reserved or TicketStage.Paid or TicketStage.Rotating;

    /// <summary>Sold or unsold by LND's final word (D16).</summary>
    [JsonIgnore]
    public bool Final => Stage is TicketStage.Settled or TicketStage.Canceled;

    /// <summary>The reservation has lapsed without a payment.</summary>
    public bool Lapsed(DateTimeOffset now) => Stage == TicketStage.Reserved && ReservedUntil <= now;

    public Ticket Reserve(XOnlyPublicKey holder, PublicKey key, Guid offeredEntry, DateTimeOffset now, DateTimeOffset until) => this with
    {
        Stage = TicketStage.Reserved,
        Holder = holder,
        BtcKey = key,
        OfferedEntryId = offeredEntry,
        ReservedAt = now,
        ReservedUntil = until,
    };

    /// <summary>A free seat again, under a hash nobody has seen.</summary>
    public Ticket Renew(Hash32 hash, string sealedPreimage) => new(Id, hash, sealedPreimage);
}
