using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Chain;

/// <summary>What became of one question to the chain source: <see cref="Known"/> or <see cref="Unavailable"/>.</summary>
/// <remarks>Unavailable says nothing about the chain: never take it for "unspent", "unconfirmed" or "unknown". Ask again later.</remarks>
public abstract record ChainAnswer<T>
{
    private ChainAnswer()
    {
    }

    /// <summary>The source answered.</summary>
    public sealed record Known(T Value) : ChainAnswer<T>;

    /// <summary>The source did not answer in a usable way, also after the retries of the client.</summary>
    /// <param name="Cause">What hid the answer.</param>
    /// <param name="Detail">For people; never decide on it.</param>
    public sealed record Unavailable(ChainFault Cause, string Detail) : ChainAnswer<T>;

    /// <summary>True, with the value, only when the source answered.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = this is Known known ? known.Value : default;
        return this is Known;
    }

    /// <summary>The cause, or null when the source answered.</summary>
    public ChainFault? Fault => (this as Unavailable)?.Cause;

    /// <summary>One line for logs; the value is not printed.</summary>
    public string Describe() => this is Unavailable fault ? $"chain source unavailable ({fault.Cause}): {fault.Detail}" : "known";

    /// <summary>The same fault for another type.</summary>
    /// <exception cref="InvalidOperationException">There is a value.</exception>
    internal ChainAnswer<TOther> As<TOther>() => this is Unavailable fault
        ? new ChainAnswer<TOther>.Unavailable(fault.Cause, fault.Detail)
        : throw new InvalidOperationException("a fault was expected");

    /// <summary>The same fault, or the value mapped.</summary>
    public ChainAnswer<TOther> Map<TOther>(Func<T, TOther> map) => this switch
    {
        Known known => new ChainAnswer<TOther>.Known(map(known.Value)),
        Unavailable fault => new ChainAnswer<TOther>.Unavailable(fault.Cause, fault.Detail),
        _ => throw new InvalidOperationException("a chain answer has two cases"),
    };
}

/// <summary>Makes answers without repeating the type.</summary>
public static class ChainAnswer
{
    /// <summary>An answer of the source.</summary>
    public static ChainAnswer<T> Known<T>(T value) => new ChainAnswer<T>.Known(value);
}

/// <summary>What hid an answer.</summary>
public enum ChainFault
{
    /// <summary>No whole answer before the time limit.</summary>
    TimedOut,

    /// <summary>No connection, or it broke before the answer was whole.</summary>
    ConnectionLost,

    /// <summary>The source answered with an error of its own (5xx) or asked to slow down (429).</summary>
    ServerError,

    /// <summary>The source refused the question (another 4xx): wrong address or wrong network.</summary>
    Refused,

    /// <summary>The answer is not of the documented form, contradicts itself or the question, or changed while it was read.</summary>
    BadAnswer,

    /// <summary>The answer is larger than this client reads.</summary>
    TooLarge,

    /// <summary>The caller gave up waiting; only for broadcasts, where the transaction may be out.</summary>
    Canceled,
}
