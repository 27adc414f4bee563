namespace Coordinator.Simulation;

/// <summary>A deliberate mistake between the coordinator and the world, to see that the audit finds it.</summary>
public enum PlantedBug
{
    /// <summary>A funding transaction that only waits is taken for a deep one: tickets are settled too early.</summary>
    SettleBeforeFunding,

    /// <summary>The disk forgets that payments of a cancelled competition still have to be given back.</summary>
    ForgetIntent,

    /// <summary>A payment of which nothing is known counts as failed.</summary>
    TimeoutAsFailure,

    /// <summary>Coins that belong to one intent are free for the next one.</summary>
    ReuseReservation,

    /// <summary>The first two outcomes of the oracle's announcement are stored in each other's place.</summary>
    SwapIndices,

    /// <summary>A payment that was held once is believed to be held for ever.</summary>
    SkipRecheck,

    /// <summary>A seat whose payment went back counts as sold.</summary>
    PayUnsoldSeat,

    /// <summary>An outcome that is only attested and sent counts as confirmed: payouts open at once.</summary>
    PayOnAttestation,

    /// <summary>A transaction's coins are free at its first confirmation.</summary>
    FreeAtOneConfirmation,

    /// <summary>Every signing round has the name of the first one.</summary>
    SameRoundAgain,

    /// <summary>A write counts as done while it is only remembered: what is killed loses it.</summary>
    ActBeforeWrite,

    /// <summary>An invoice of which nothing can be learnt counts as cancelled.</summary>
    ErrorAsCanceled,
}
