using System.Diagnostics.CodeAnalysis;
using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>What became of one request to the wallet.</summary>
public abstract record WalletAnswer<T>
{
    private WalletAnswer()
    {
    }

    /// <summary>Done.</summary>
    public sealed record Done(T Value) : WalletAnswer<T>;

    /// <summary>Refused; nothing was reserved or sent by this call.</summary>
    /// <param name="Reason">Why, in terms a caller may decide on.</param>
    /// <param name="Detail">With the numbers, for people.</param>
    public sealed record Refused(WalletRefusal Reason, string Detail) : WalletAnswer<T>;

    /// <summary>The chain source did not answer; nothing was reserved or sent by this call. Ask again later.</summary>
    public sealed record Unavailable(ChainFault Cause, string Detail) : WalletAnswer<T>;

    /// <summary>True, with the value, only when done.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = this is Done done ? done.Value : default;
        return this is Done;
    }

    /// <summary>The same refusal or fault of another request.</summary>
    internal WalletAnswer<TOther> Failed<TOther>() => this switch
    {
        Refused refused => new WalletAnswer<TOther>.Refused(refused.Reason, refused.Detail),
        Unavailable fault => new WalletAnswer<TOther>.Unavailable(fault.Cause, fault.Detail),
        _ => throw new InvalidOperationException("nothing failed"),
    };

    /// <summary>The refusal's reason, or null.</summary>
    public WalletRefusal? Refusal => (this as Refused)?.Reason;

    /// <summary>One line for logs; the value is not printed.</summary>
    public string Describe() => this switch
    {
        Refused refused => $"refused ({refused.Reason}): {refused.Detail}",
        Unavailable fault => $"chain source unavailable ({fault.Cause}): {fault.Detail}",
        _ => "done",
    };
}

/// <summary>Why the wallet refused.</summary>
public enum WalletRefusal
{
    /// <summary>The coins that may be used are worth too little.</summary>
    InsufficientFunds,

    /// <summary>The fee would be above the limit given.</summary>
    FeeAboveLimit,

    /// <summary>An output, or what remains for one, is below the dust limit.</summary>
    Dust,

    /// <summary>Other requests took the chosen coins again and again. Ask again.</summary>
    CoinsContended,

    /// <summary>The transaction given does not have the output to spend, or it is neither the wallet's nor an anchor.</summary>
    NotSpendable,

    /// <summary>The PSBT is not the owner's own payment, or cannot be signed as it is.</summary>
    ForeignPsbt,
}
