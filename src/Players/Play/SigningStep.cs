namespace Coordinator.Players;

/// <summary>What a player who signs does next.</summary>
public enum SigningStep
{
    /// <summary>Nothing: its signatures are in.</summary>
    Wait,

    /// <summary>Draw fresh secret nonces for the shown round.</summary>
    Open,

    /// <summary>Keep the nonces it has under the shown round's id: it was them that began this round.</summary>
    Adopt,

    /// <summary>Send the public nonces; the same ones twice change nothing.</summary>
    SendNonces,

    /// <summary>Answer the aggregate, if it is there, with partial signatures.</summary>
    Sign,
}

/// <summary>A player's nonces as it remembers them. A restarted player remembers none (D8: they are never stored).</summary>
/// <param name="Round">For which round they stand.</param>
/// <param name="Offered">They were sent at least once, whatever came of it.</param>
/// <param name="Accepted">The coordinator answered that it has them, under this round's id.</param>
/// <param name="Signed">They have signed: for anything else they are spent.</param>
public readonly record struct OwnNonces(string Round, bool Offered, bool Accepted, bool Signed)
{
    /// <summary>
    /// Whoever signs with other nonces than the coordinator holds spoils every signature and is taken for a liar. So nonces count only once the
    /// coordinator has answered for them: a player that was restarted in the middle of a round, or whose answer was lost, sends again.
    /// </summary>
    /// <param name="own">Null after a start.</param>
    /// <param name="shownRound">The current round's id.</param>
    /// <param name="hasNonces">The coordinator holds nonces of this player in the current round.</param>
    /// <param name="hasPartials">It holds its partial signatures too.</param>
    public static SigningStep Next(OwnNonces? own, string shownRound, bool hasNonces, bool hasPartials)
        => hasPartials ? SigningStep.Wait
            : own is not { } known ? SigningStep.Open
            : known.Round != shownRound ? (hasNonces && known.Offered && !known.Signed ? SigningStep.Adopt : SigningStep.Open)
            : !hasNonces || !known.Accepted ? SigningStep.SendNonces
            : SigningStep.Sign;
}
