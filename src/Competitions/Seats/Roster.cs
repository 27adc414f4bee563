using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>All seats of one competition, ascending by ticket id, and every key and hash that may never come again.</summary>
/// <param name="Tickets">Ascending by id (big-endian bytes).</param>
/// <param name="RetiredHashes">Ticket hashes that were given up: a payment that still arrives for one is cancelled.</param>
/// <param name="UsedKeys">x coordinates of every DLC key ever accepted.</param>
/// <param name="UsedPayoutHashes">Every payout hash ever accepted.</param>
public sealed record Roster(
    ImmutableArray<Ticket> Tickets,
    ImmutableArray<Hash32> RetiredHashes,
    ImmutableArray<XOnlyPublicKey> UsedKeys,
    ImmutableArray<Hash32> UsedPayoutHashes)
{
    [JsonIgnore]
    public IEnumerable<Entry> Entries => Tickets.Where(ticket => ticket.Complete).Select(ticket => ticket.Entry!);

    /// <summary>True where every seat is paid for and has its entry.</summary>
    [JsonIgnore]
    public bool Complete => Tickets.All(ticket => ticket.Complete);

    /// <summary>The earliest expiry among held payments, or null where nothing is held.</summary>
    [JsonIgnore]
    public int? EarliestHtlcExpiry => Tickets.Where(ticket => ticket.Stage == TicketStage.Paid).Min(ticket => ticket.HtlcExpiry);

    public Ticket? Find(Guid ticketId) => Tickets.FirstOrDefault(ticket => ticket.Id == ticketId);

    public Ticket? FindEntry(Guid entryId) => Tickets.FirstOrDefault(ticket => ticket.Entry?.Id == entryId);

    public Ticket? FindHash(Hash32 hash) => Tickets.FirstOrDefault(ticket => ticket.Hash == hash);

    public Roster Put(Ticket changed)
    {
        var index = Tickets.IndexOf(Find(changed.Id) ?? throw new ArgumentException("no such ticket", nameof(changed)));
        return this with { Tickets = Tickets.SetItem(index, changed) };
    }

    /// <summary>Tickets ordered as the contract's players are.</summary>
    public static Roster Of(IEnumerable<Ticket> tickets) => new([.. tickets.OrderBy(ticket => ticket.Id, UuidOrder.BigEndian)], [], [], []);

    /// <summary>True where a ticket hash was ever issued under this value.</summary>
    public bool KnowsTicketHash(Hash32 hash) => RetiredHashes.Contains(hash) || Tickets.Any(ticket => ticket.Hash == hash);
}
