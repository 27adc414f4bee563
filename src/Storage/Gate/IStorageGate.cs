namespace Coordinator.Storage;

/// <summary>Stands between one incarnation of a silo and its storage: delays, faults, and the fence of a killed silo.</summary>
public interface IStorageGate
{
    /// <summary>Before the storage is touched. Throwing here means that nothing was stored. The fence belongs after any delay.</summary>
    /// <param name="operation">Such as <c>grain.write</c> or <c>artefact.get</c>.</param>
    Task EnterAsync(string operation);

    /// <summary>After the storage holds the change and before the caller hears of it. Throwing here is a crash after the write.</summary>
    Task LeaveAsync(string operation);

    /// <summary>The storage itself failed: the operation that entered does not leave.</summary>
    void Failed(string operation)
    {
    }
}
