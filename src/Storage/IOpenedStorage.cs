namespace Coordinator.Storage;

/// <summary>Storage that is open for this process alone. Whoever opened it disposes it, after the host has stopped.</summary>
public interface IOpenedStorage : IAsyncDisposable, IDisposable
{
    /// <summary>What a silo uses.</summary>
    StoragePorts Ports { get; }

    /// <summary>Every document, in one survey or several.</summary>
    IReadOnlyList<IDocumentSurvey> Surveys { get; }

    /// <summary>Completes with the reason once this process may not write any more although it still runs: then it must end itself, with that sentence
    /// and an exit code that is not zero. Never fails; never completes where the storage is the process's own for as long as it is open.</summary>
    Task<StorageException> Lost { get; }
}
