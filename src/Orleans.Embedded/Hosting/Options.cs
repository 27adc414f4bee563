namespace Orleans.Configuration;

/// <summary>Who the cluster is.</summary>
public class ClusterOptions
{
    /// <summary>The cluster; <c>default</c> by default.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>The service, which outlives clusters; <c>default</c> by default.</summary>
    public string ServiceId { get; set; } = "default";
}

/// <summary>Who the silo is.</summary>
public class SiloOptions
{
    /// <summary>A name for logs; null means the engine picks one.</summary>
    public string? SiloName { get; set; }
}

/// <summary>How calls travel.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits, time in the target's queue included; 30 s by default.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How calls of a silo travel.</summary>
public class SiloMessagingOptions : MessagingOptions;

/// <summary>When idle activations end.</summary>
public class GrainCollectionOptions
{
    /// <summary>How long an activation may be idle; 15 minutes by default, and above the quantum.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle ones are looked for; one minute by default.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Ages by full class name.</summary>
    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How long an activation may take until its token is cancelled; 30 s by default.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a deactivation may take until its token is cancelled; 30 s by default.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
