namespace Coordinator.Chain;

/// <summary>What became of sending a transaction. Sending the same one again is always safe.</summary>
/// <remarks>Only <see cref="Refused"/> says that it did not get in <em>now</em>; the same bytes may get in later, from us or from anyone who
/// has them. What counts is what confirms.</remarks>
public abstract record BroadcastAnswer
{
    private BroadcastAnswer()
    {
    }

    /// <summary>In the mempool of the source now.</summary>
    public sealed record Accepted : BroadcastAnswer;

    /// <summary>The source had it before: in its mempool or in its chain. As good as accepted.</summary>
    public sealed record AlreadyKnown : BroadcastAnswer;

    /// <summary>The source said no and did not take it.</summary>
    /// <param name="Reason">Why, in terms a caller may decide on.</param>
    /// <param name="Detail">The text of the source, for people; never decide on it.</param>
    public sealed record Refused(BroadcastRefusal Reason, string Detail) : BroadcastAnswer;

    /// <summary>The outcome is unknown: it may be out. Look at its status, or send it again.</summary>
    /// <param name="Cause">What hid the outcome.</param>
    /// <param name="Detail">For people.</param>
    public sealed record Unclear(ChainFault Cause, string Detail) : BroadcastAnswer;

    /// <summary>True when the source is known to have it.</summary>
    public bool IsOut => this is Accepted or AlreadyKnown;

    /// <summary>The refusal's reason, or null.</summary>
    public BroadcastRefusal? Refusal => (this as Refused)?.Reason;

    /// <summary>One line for logs.</summary>
    public string Describe() => this switch
    {
        Refused refused => $"refused ({refused.Reason}): {refused.Detail}",
        Unclear unclear => $"outcome unknown ({unclear.Cause}): {unclear.Detail}",
        AlreadyKnown => "already known",
        _ => "accepted",
    };
}

/// <summary>Why a transaction was not taken.</summary>
public enum BroadcastRefusal
{
    /// <summary>An input does not exist or is spent in the chain; the client has looked, and the transaction itself is not known.
    /// Its parent may be missing, or a conflict confirmed: ask for the spenders of its inputs.</summary>
    MissingInputs,

    /// <summary>Another transaction in the mempool spends one of its inputs, and this one does not replace it (it pays too little for
    /// that, or may not).</summary>
    Conflict,

    /// <summary>A lock time or relative lock time is not over: wait.</summary>
    NonFinal,

    /// <summary>It pays less than the source relays: raise the fee by a child and send both as a package.</summary>
    FeeTooLow,

    /// <summary>An output is below the dust limit.</summary>
    Dust,

    /// <summary>The outputs are worth more than the inputs.</summary>
    OutputsExceedInputs,

    /// <summary>A script or signature is wrong.</summary>
    InvalidScript,

    /// <summary>The source does not offer this call (packages).</summary>
    NotSupported,

    /// <summary>Refused for another reason: a person must read the text.</summary>
    Other,
}
