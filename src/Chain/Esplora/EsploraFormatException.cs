namespace Coordinator.Chain;

/// <summary>An answer of the server that is not of the documented form; caught at the transport, never leaves this project.</summary>
internal sealed class EsploraFormatException(string message) : Exception(message);
