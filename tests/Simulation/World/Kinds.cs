namespace Coordinator.Simulation;

/// <summary>What can go wrong with one call or event, or in the world around.</summary>
public enum FaultKind
{
    /// <summary>The call has no effect and fails.</summary>
    ErrorBefore,

    /// <summary>The call has its effect and its caller hears of an error.</summary>
    ErrorAfter,

    /// <summary>The call has its effect and its caller hears nothing, until it gives up.</summary>
    SilenceAfter,

    /// <summary>The call has no effect and its caller hears nothing, until it gives up.</summary>
    SilenceBefore,

    /// <summary>The call is on its way for a while.</summary>
    DelayBefore,

    /// <summary>The answer is on its way for a while.</summary>
    DelayAfter,

    /// <summary>The service is away, for minutes to hours.</summary>
    Dead,
    EventLost,
    EventDoubled,
    EventLate,
    StreamBroken,
    StorageErrorBefore,
    StorageErrorAfter,
    RequestLost,
    AnswerLost,
    Reorganisation,
    Eviction,
    StuckTransaction,
    FeeSpike,
    CoinSpentElsewhere,
    NodeUnsynced,
    NodeBehind,
    PaymentStuck,
    PaymentFails,
    InvoiceDropped,
    EnclaveDown,
    EnclaveRestarted,
    GatewayRestarted,
    OracleRefuses,
}

/// <summary>Where the service died.</summary>
public enum KillKind
{
    BeforeWrite,
    AfterWrite,
    BetweenTurns,

    /// <summary>A failure at its start ended it.</summary>
    AtStart,
}
