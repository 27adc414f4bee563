namespace Orleans.Storage;

/// <summary>A storage provider. It is called on the grain's scheduler; it may complete anywhere.</summary>
public interface IGrainStorage
{
    /// <summary>Reads into <paramref name="grainState"/>: sets <c>State</c> (never null), <c>ETag</c> and <c>RecordExists</c>.
    /// An absent document leaves a fresh state, a null version and false.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes, and sets the new <c>ETag</c> and <c>RecordExists</c>.</summary>
    /// <exception cref="InconsistentStateException">The store holds another version than <c>grainState.ETag</c>.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Removes, and sets <c>ETag</c> and <c>RecordExists</c> accordingly.</summary>
    /// <exception cref="InconsistentStateException">The store holds another version than <c>grainState.ETag</c>.</exception>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <inheritdoc cref="ReadStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc cref="WriteStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => WriteStateAsync(stateName, grainId, grainState);

    /// <inheritdoc cref="ClearStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => ClearStateAsync(stateName, grainId, grainState);
}

/// <summary>The store holds another version of a document than the one that was to be replaced. An activation from which this
/// escapes is ended, so the next call reads again.</summary>
[GenerateSerializer]
[Alias("Orleans.Storage.InconsistentStateException")]
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message) : base(message)
    {
    }

    public InconsistentStateException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>The version the store holds.</summary>
    [Id(0)]
    public string? StoredEtag { get; private set; }

    /// <summary>The version that was to be replaced.</summary>
    [Id(1)]
    public string? CurrentEtag { get; private set; }

    /// <summary>The activation whose own storage call this came from; only that one is ended.</summary>
    internal object? FailedActivation { get; set; }

    /// <inheritdoc/>
    public override string ToString()
        => $"{nameof(InconsistentStateException)}: {Message} Expected Etag={CurrentEtag} Received Etag={StoredEtag} {InnerException}";
}

/// <summary>A grain asks for a storage provider that is not configured, or is configured badly.</summary>
[GenerateSerializer]
[Alias("Orleans.Storage.BadProviderConfigException")]
public class BadProviderConfigException : OrleansException
{
    public BadProviderConfigException()
    {
    }

    public BadProviderConfigException(string message) : base(message)
    {
    }

    public BadProviderConfigException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
