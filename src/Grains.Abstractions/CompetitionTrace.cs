using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Grains;

/// <summary>
/// The one trace of a competition. Its id follows from the competition's, so requests, grain calls and effects of many days and many processes
/// meet in it, and nothing has to be stored or drawn for that.
/// </summary>
/// <remarks>A trace that one request began could not be found again by what that request led to hours and restarts later: either its id would have
/// to be kept in the state, which would put something random into what is otherwise reproducible, or everything after a restart would be a trace of
/// its own. Whoever knows a competition's id, and that is everybody, can compute the id of its trace: it protects nothing. It is also what sampling
/// decides by, so a competition is traced whole or not at all.</remarks>
public static class CompetitionTrace
{
    /// <summary>Attribute: the competition's id.</summary>
    public const string CompetitionKey = "coordinator.competition.id";

    /// <summary>Attribute: the ticket's id.</summary>
    public const string TicketKey = "coordinator.ticket.id";

    /// <summary>Attribute: a transaction's id, as explorers show it.</summary>
    public const string TxidKey = "bitcoin.txid";

    private static readonly byte[] Label = Encoding.ASCII.GetBytes("coordinator/trace/competition/");

    /// <summary>What a span of this competition is begun under: the trace's id (the first 16 bytes of SHA-256 of a label and the id's 16 bytes,
    /// big-endian), and no parent.</summary>
    public static ActivityContext Of(Guid competition)
    {
        Span<byte> text = stackalloc byte[Label.Length + 16];
        Label.CopyTo(text);
        _ = competition.TryWriteBytes(text[Label.Length..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return new ActivityContext(ActivityTraceId.CreateFromBytes(hash[..16]), default, ActivityTraceFlags.None);
    }
}
