namespace Coordinator.Storage;

/// <summary>What is wrong with the storage, as far as an operator must act on it.</summary>
public enum StorageFault
{
    /// <summary>Anything not named below: a failing disk, a closed database, a wrong file, an unreadable document.</summary>
    Other = 0,

    /// <summary>No room left on the disk. Nothing of the failed command is stored; once there is room again, commands succeed again.</summary>
    Full,

    /// <summary>Another process holds the folder or the file.</summary>
    Locked,

    /// <summary>The file is damaged. The database answers nothing but this error until it is opened anew.</summary>
    Corrupt,

    /// <summary>This user may not write the folder or the file.</summary>
    ReadOnly,

    /// <summary>Another coordinator has taken over, or the database is not the one it was. Nothing of the failed write is stored; this process writes
    /// nothing any more and has to end.</summary>
    Fenced,
}

/// <summary>A read or write that did not happen, or whose outcome is unknown. Never answered as success.</summary>
/// <remarks>An Orleans exception, as a storage provider's are: the runtime hands it on as it is, and whoever calls a grain takes it for a service that cannot
/// answer now. The message is one sentence for the operator and names the file or the database; it never quotes stored data.</remarks>
[GenerateSerializer]
[Alias("storage_error")]
public sealed class StorageException : OrleansException
{
    public StorageException(StorageFault fault, string message, Exception? inner = null)
        : base(message, inner!) => Fault = fault;

    /// <summary>The kind of fault.</summary>
    [Id(0)]
    public StorageFault Fault { get; }
}
