namespace Coordinator.Bitcoin;

/// <summary>A transaction output.</summary>
public sealed record TxOut(Satoshis Value, Script ScriptPubKey);
