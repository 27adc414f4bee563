using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Keymeld;

/// <summary>What became of one call to the gateway. Exactly four cases: <see cref="Done"/>, <see cref="TryLater"/>,
/// <see cref="Refused"/>, <see cref="Unclear"/>.</summary>
/// <remarks>A gateway that answers nonsense is <see cref="Unclear"/>, for reads and writes alike; nothing it says ends in an exception.
/// Before repeating a write after Unclear, read: slots and status for a registration, the signing's status for an order.</remarks>
public abstract record KeymeldAnswer<T>
{
    private KeymeldAnswer()
    {
    }

    /// <summary>The gateway did it and said so.</summary>
    public sealed record Done(T Value) : KeymeldAnswer<T>;

    /// <summary>The gateway is away or busy (no connection, 429, 503; for reads any 5xx): the same call may work later.</summary>
    /// <param name="Detail">For people.</param>
    public sealed record TryLater(string Detail) : KeymeldAnswer<T>;

    /// <summary>The gateway said no; repeating the same call is useless.</summary>
    /// <param name="Status">The HTTP status; 404 means there is no such session, or no longer.</param>
    /// <param name="Detail">The gateway's own text, cut; for people, never to decide on.</param>
    public sealed record Refused(int Status, string Detail) : KeymeldAnswer<T>
    {
        /// <summary>There is no such session, or it expired.</summary>
        public bool IsNotFound => Status == 404;
    }

    /// <summary>The outcome is unknown: no answer in time, a broken connection, 500, 502 or 504 to a write, or an answer that cannot be
    /// read or contradicts the question.</summary>
    /// <param name="Detail">For people.</param>
    public sealed record Unclear(string Detail) : KeymeldAnswer<T>;

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
    internal KeymeldAnswer<TOther> Then<TOther>(Func<T, KeymeldAnswer<TOther>> next) => this switch
    {
        Done done => next(done.Value),
        TryLater later => new KeymeldAnswer<TOther>.TryLater(later.Detail),
        Refused refused => new KeymeldAnswer<TOther>.Refused(refused.Status, refused.Detail),
        Unclear unclear => new KeymeldAnswer<TOther>.Unclear(unclear.Detail),
        _ => throw new InvalidOperationException("an answer of a fifth kind"),
    };
}

/// <summary>Nothing to tell beyond "it is so".</summary>
public readonly record struct Acknowledged;
