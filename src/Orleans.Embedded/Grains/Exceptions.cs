namespace Orleans.Runtime;

/// <summary>The root of the engine's own exceptions.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.OrleansException")]
public class OrleansException : Exception
{
    public OrleansException() : base("Unexpected error.")
    {
    }

    public OrleansException(string message) : base(message)
    {
    }

    public OrleansException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A call was refused before it ran, or lost with its silo: its outcome is unknown.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.OrleansMessageRejectionException")]
public class OrleansMessageRejectionException : OrleansException
{
    public OrleansMessageRejectionException(string message) : base(message)
    {
    }

    public OrleansMessageRejectionException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>The silo is gone.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.SiloUnavailableException")]
public class SiloUnavailableException : OrleansMessageRejectionException
{
    public SiloUnavailableException() : base("SiloUnavailableException")
    {
    }

    public SiloUnavailableException(string message) : base(message)
    {
    }

    public SiloUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>The silo cannot start the way it is configured.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.OrleansConfigurationException")]
public class OrleansConfigurationException : Exception
{
    public OrleansConfigurationException(string message) : base(message)
    {
    }

    public OrleansConfigurationException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A reminder could not be read or removed.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.ReminderException")]
public class ReminderException : OrleansException
{
    public ReminderException(string message) : base(message)
    {
    }
}
