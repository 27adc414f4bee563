using System.Collections.Immutable;
using Coordinator.Cli.Processes;
using Coordinator.Players;

namespace Coordinator.Cli.Demo;

/// <summary>How the event of a demo ends.</summary>
internal enum DemoEnd
{
    /// <summary>The oracle attests to the ranking that the weather gave.</summary>
    Attest,

    /// <summary>The oracle attests to the refund of everybody.</summary>
    Refund,

    /// <summary>The oracle says nothing and the event expires.</summary>
    Expire,
}

/// <summary>What blocks ask for.</summary>
internal enum DemoFees
{
    /// <summary>1 sat/vB all the time.</summary>
    Calm,

    /// <summary>Twenty times as much from the settled pool to the outcome's block.</summary>
    Spike,
}

/// <summary>What a demo plays.</summary>
/// <param name="Players">2 to 25.</param>
/// <param name="Places">Fewer than players.</param>
/// <param name="Seed">Fixes keys, picks, weather and choices.</param>
/// <param name="Signing">Who signs the contract.</param>
/// <param name="Away">The first so many players are away between their entry and the end of the event.</param>
/// <param name="Data">Folder that is kept and gone on from; null is a temporary one.</param>
/// <param name="Kills">Moments at which the service is killed and started again: a state, or a player's step with how many of them.</param>
/// <param name="Service">The service's program; null is the one built beside this program.</param>
/// <param name="Fees">How much the world pays for its blocks.</param>
/// <param name="Chain">Which chain it is played on.</param>
/// <param name="Reorganise">So many blocks are taken back after the tickets are settled, and after winners were paid; 0 is none.</param>
internal sealed record DemoOptions(
    int Players, int Places, ulong Seed, DemoEnd End, PayoutChoice Payout, SigningChoice Signing, int Away, bool Json, string? Data,
    ImmutableArray<string> Kills, string? Service = null, DemoFees Fees = DemoFees.Calm,
    ChainChoice Chain = ChainChoice.Sim, int Reorganise = 0)
{
    /// <summary>Tickets are backed by escrows on chain until the pool is funded.</summary>
    public bool Escrow { get; init; }

    /// <summary>A file with the connection string of a PostgreSQL database for the service's state; null keeps it in the data folder.</summary>
    public string? ConnectionStringFile { get; init; }

    /// <summary>A second service stands by and takes over where the first is killed.</summary>
    public bool StandsBy { get; init; }
}

/// <summary>What of a running demo must survive an interruption of the command itself.</summary>
/// <param name="Competition">Its id.</param>
/// <param name="StartHeight">The chain's height before anything happened.</param>
/// <param name="BalancesMsat">Of every Lightning node at the start.</param>
internal sealed record DemoStory(
    Guid Competition, int Players, int Places, ulong Seed, DemoEnd End, PayoutChoice Payout, SigningChoice Signing, int Away, int StartHeight, long Expiry,
    IReadOnlyDictionary<string, long> BalancesMsat, ChainChoice Chain = ChainChoice.Sim)
{
    /// <summary>Tickets are backed by escrows.</summary>
    public bool Escrow { get; init; }

    /// <summary>Whether options ask for the demo that was begun.</summary>
    public bool IsOf(DemoOptions options)
        => (Players, Places, Seed, End, Payout, Signing, Away, Chain, Escrow)
            == (options.Players, options.Places, options.Seed, options.End, options.Payout, options.Signing, options.Away, options.Chain, options.Escrow);
}
