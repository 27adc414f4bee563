using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What every state of a competition has.</summary>
/// <param name="Terms">Never change.</param>
/// <param name="MarketMaker">The coordinator's key in this contract; fresh per competition (D14).</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Roster">Seats.</param>
/// <param name="Stamps">When each step was first taken; the wire's *_at members.</param>
/// <param name="Keymeld">The key generation session at the remote signing service; null where players sign themselves.</param>
public sealed record Header(
    CompetitionTerms Terms,
    PublicKey MarketMaker,
    DateTimeOffset CreatedAt,
    Roster Roster,
    ImmutableArray<Stamp> Stamps,
    KeymeldSession? Keymeld = null)
{
    /// <summary>What waits for an operator, and what waited; in the order in which it was seen.</summary>
    public ImmutableArray<Hold> Holds { get; init; } = [];

    /// <summary>What the operator should know and nothing waits for; one for each code.</summary>
    public ImmutableArray<Notice> Notices { get; init; } = [];

    /// <summary>Keeps the first notice of its code.</summary>
    public Header Noted(Noticed fact)
        => Notices.Any(notice => notice.Code == fact.Code) ? this : this with { Notices = Notices.Add(new Notice(fact.Code, fact.Detail, fact.At)) };

    /// <summary>The tip as of which the escrows were last seen; 0 without escrows.</summary>
    public int EscrowTip { get; init; }

    public Header With(Ticket ticket) => this with { Roster = Roster.Put(ticket) };

    /// <summary>Records a step once; a second time changes nothing.</summary>
    public Header Stamped(string name, DateTimeOffset at)
        => Stamps.Any(stamp => stamp.Name == name) ? this : this with { Stamps = Stamps.Add(new Stamp(name, at)) };

    public DateTimeOffset? StampOf(string name) => Stamps.FirstOrDefault(stamp => stamp.Name == name)?.At;
}

/// <summary>A step and when it was first taken.</summary>
/// <param name="Name">The wire's member, for example <c>event_created_at</c>.</param>
public sealed record Stamp(string Name, DateTimeOffset At);

/// <summary>Something odd that was seen.</summary>
/// <param name="Code">snake_case.</param>
/// <param name="Detail">For people; never a secret.</param>
public sealed record Notice(string Code, string Detail, DateTimeOffset At);
