namespace Coordinator.Simulators.Keymeld;

/// <summary>The gateway refuses. The message is what the answer says; it holds no secret.</summary>
public sealed class KeymeldRefusedException(int status, string type, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The error type of keymeld.md §5.</summary>
    public string Type { get; } = type;

    internal static KeymeldRefusedException Bad(string message) => new(400, "bad_request", message);

    internal static KeymeldRefusedException NotFound(string message) => new(404, "not_found", message);

    internal static KeymeldRefusedException Unavailable() => new(503, "enclave_communication_error", "Enclave communication failed");

    internal static KeymeldRefusedException Database() => new(500, "database_error", "Database operation failed");
}
