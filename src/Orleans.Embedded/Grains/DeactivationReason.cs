namespace Orleans;

/// <summary>Why an activation ends.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason given.</summary>
    None,

    /// <summary>The silo stops.</summary>
    ShuttingDown,

    /// <summary>It failed to activate.</summary>
    ActivationFailed,

    /// <summary>The directory refused it; not used by this engine.</summary>
    DirectoryFailure,

    /// <summary>It was idle longer than its collection age.</summary>
    ActivationIdle,

    /// <summary>It stopped answering; not used by this engine.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation won; not used by this engine.</summary>
    DuplicateActivation,

    /// <summary>It cannot serve a request; not used by this engine.</summary>
    IncompatibleRequest,

    /// <summary>An error of the application, such as an escaped storage conflict.</summary>
    ApplicationError,

    /// <summary>The application asked for it.</summary>
    ApplicationRequested,

    /// <summary>It moves; not used by this engine.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>Memory ran short; not used by this engine.</summary>
    HighMemoryPressure,
}

/// <summary>Why an activation ends, with words.</summary>
public readonly struct DeactivationReason
{
    /// <summary>A reason without an exception.</summary>
    public DeactivationReason(DeactivationReasonCode code, string text) : this(code, null, text)
    {
    }

    /// <summary>A reason with the exception behind it.</summary>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    /// <summary>The code.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>The words.</summary>
    public string Description { get; }

    /// <summary>The exception behind it, if any.</summary>
    public Exception? Exception { get; }

    /// <summary>The code and the words.</summary>
    public override string ToString() => $"{ReasonCode}: {Description}";
}
