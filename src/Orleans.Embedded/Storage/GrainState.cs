namespace Orleans
{
    /// <summary>One stored document, as it passes between a grain and a storage provider.</summary>
    public interface IGrainState<T>
    {
        /// <summary>The document; never null after a read.</summary>
        T State { get; set; }

        /// <summary>The version the document had when it was last read or written; null when it was never stored.</summary>
        string? ETag { get; set; }

        /// <summary>Whether the store has it.</summary>
        bool RecordExists { get; set; }
    }

    /// <summary>A plain holder of <see cref="IGrainState{T}"/>.</summary>
    public class GrainState<T> : IGrainState<T>
    {
        /// <summary>An empty holder; <see cref="State"/> is default until it is set.</summary>
        public GrainState()
        {
        }

        /// <summary>A holder of a document that has no version yet.</summary>
        public GrainState(T state) : this(state, null)
        {
        }

        /// <summary>A holder of a document at a version.</summary>
        public GrainState(T state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        /// <inheritdoc/>
        public T State { get; set; } = default!;

        /// <inheritdoc/>
        public string? ETag { get; set; }

        /// <inheritdoc/>
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Core
{
    /// <summary>The storage operations of one document. Calls on one object run one after another, in order.</summary>
    public interface IStorage
    {
        /// <summary>The version; null when never stored.</summary>
        string? Etag { get; }

        /// <summary>Whether the store has it.</summary>
        bool RecordExists { get; }

        /// <summary>Removes the document.</summary>
        Task ClearStateAsync();

        /// <summary>Writes the document. On failure the changed value stays in memory: read again or deactivate.</summary>
        Task WriteStateAsync();

        /// <summary>Reads the document, losing unsaved changes.</summary>
        Task ReadStateAsync();

        /// <inheritdoc cref="ClearStateAsync()"/>
        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        /// <inheritdoc cref="WriteStateAsync()"/>
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        /// <inheritdoc cref="ReadStateAsync()"/>
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    /// <summary>One document and its storage operations.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The document; read from the store before <c>OnActivateAsync</c>, not yet there in the constructor.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A document of a grain, injected through its constructor with <see cref="PersistentStateAttribute"/>.</summary>
    public interface IPersistentState<TState> : Orleans.Core.IStorage<TState>;

    /// <summary>On a constructor parameter of type <see cref="IPersistentState{TState}"/>: which document, from which provider.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        /// <summary>The document's name; part of the stored key.</summary>
        public string StateName { get; } = stateName;

        /// <summary>The provider's name; null means the provider called <c>Default</c>.</summary>
        public string? StorageName { get; } = storageName;
    }
}
