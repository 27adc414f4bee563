namespace Orleans.Runtime;

/// <summary>One activation, as its grain sees it.</summary>
public interface IGrainContext
{
    /// <summary>The grain's id.</summary>
    GrainId GrainId { get; }

    /// <summary>A reference to the grain itself. Calling through it is a call like any other, and waits its turn.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The instance; null until it was constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>The activation's own service scope.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Where parts of the activation hook into its start and end.</summary>
    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation after the request that runs now. Calling it again changes nothing.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>What a grain asks of its silo.</summary>
public interface IGrainRuntime
{
    /// <summary>A name for the silo, for logs.</summary>
    string SiloIdentity { get; }

    /// <summary>The factory for further references.</summary>
    IGrainFactory GrainFactory { get; }

    /// <summary>The clock of this silo.</summary>
    TimeProvider TimeProvider { get; }

    /// <summary>The container of the silo.</summary>
    IServiceProvider ServiceProvider { get; }

    /// <summary>Ends the activation after the current request.</summary>
    void DeactivateOnIdle(IGrainContext grainContext);

    /// <summary>Keeps an idle activation at least this long.</summary>
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}
