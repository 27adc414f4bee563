using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Oracle;

/// <summary>What became of one call to the oracle. Exactly four cases: <see cref="Done"/>, <see cref="TryLater"/>, <see cref="Refused"/>,
/// <see cref="Unclear"/>.</summary>
/// <remarks>Retrying is the caller's journal's work. Before repeating a create or an add after <see cref="Unclear"/>, read the event: the
/// oracle answers a repeated create with an error that says nothing.</remarks>
public abstract record OracleAnswer<T>
{
    private OracleAnswer()
    {
    }

    /// <summary>The oracle did it and said so.</summary>
    public sealed record Done(T Value) : OracleAnswer<T>;

    /// <summary>The oracle is away or busy (no connection, 429, 502, 503, 504; for reads any 5xx): the same call may work later.</summary>
    /// <param name="Detail">For people.</param>
    public sealed record TryLater(string Detail) : OracleAnswer<T>;

    /// <summary>The oracle said no; repeating the same call is useless.</summary>
    /// <param name="Status">The HTTP status; 404 means there is no such event.</param>
    /// <param name="Detail">The oracle's own text, cut; for people, never to decide on.</param>
    public sealed record Refused(int Status, string Detail) : OracleAnswer<T>
    {
        /// <summary>There is no such event.</summary>
        public bool IsNotFound => Status == 404;
    }

    /// <summary>The outcome is unknown: no answer in time, a broken connection, 500 to a write, or an answer that cannot be read.</summary>
    /// <param name="Detail">For people.</param>
    public sealed record Unclear(string Detail) : OracleAnswer<T>;

    /// <summary>True, with the value, only when the call is known to be done.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = this is Done done ? done.Value : default;
        return this is Done;
    }

    /// <summary>One line for logs: the case and its text; the value is not printed.</summary>
    public string Describe() => this switch
    {
        TryLater later => $"try later: {later.Detail}",
        Refused refused => $"refused ({refused.Status}): {refused.Detail}",
        Unclear unclear => $"outcome unknown: {unclear.Detail}",
        _ => "done",
    };

    /// <summary>The same answer with another value.</summary>
    internal OracleAnswer<TOther> Then<TOther>(Func<T, OracleAnswer<TOther>> next) => this switch
    {
        Done done => next(done.Value),
        TryLater later => new OracleAnswer<TOther>.TryLater(later.Detail),
        Refused refused => new OracleAnswer<TOther>.Refused(refused.Status, refused.Detail),
        Unclear unclear => new OracleAnswer<TOther>.Unclear(unclear.Detail),
        _ => throw new InvalidOperationException("an answer of a fifth kind"),
    };
}

/// <summary>Nothing to tell beyond "it is so".</summary>
public readonly record struct Acknowledged;
