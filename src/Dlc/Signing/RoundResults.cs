using System.Collections.Immutable;

namespace Coordinator.Dlc;

/// <summary>Why a submission was not taken in. Nothing changed.</summary>
public enum SubmissionRefusalKind
{
    /// <summary>There is no such player.</summary>
    UnknownPlayer,

    /// <summary>The keys are not exactly those that this player signs.</summary>
    WrongShape,

    /// <summary>An entry is not a nonce or not a scalar.</summary>
    InvalidValue,

    /// <summary>The aggregate is published, so other nonces need a new round (D9).</summary>
    NoncesClosed,

    /// <summary>Partial signatures before the aggregate exists.</summary>
    NoncesOpen,
}

/// <summary>Why a submission was not taken in; the message is for the player who sent it.</summary>
public sealed record SubmissionRefusal(SubmissionRefusalKind Kind, string Message);

/// <summary>One player's partial signatures that are proven wrong.</summary>
/// <param name="Signer">The player index.</param>
/// <param name="Items">The keys of the items, as in a SigMap: <c>att0</c>, <c>att0:p1</c>.</param>
public sealed record Blame(int Signer, ImmutableArray<string> Items);

/// <summary>What came of trying to finish a round.</summary>
public abstract record RoundResult
{
    private RoundResult()
    {
    }

    /// <summary>Every signature is there and verified.</summary>
    public sealed record Completed(ContractSignatures Signatures) : RoundResult;

    /// <summary>Partial signatures of these players are still to come.</summary>
    public sealed record Waiting(ImmutableArray<int> Players) : RoundResult;

    /// <summary>
    /// These signers lied. Their partial signatures are dropped and nobody else's; they may send them again for the same nonces (D10).
    /// </summary>
    public sealed record Spoiled(ImmutableArray<Blame> Liars) : RoundResult;
}
