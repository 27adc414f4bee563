namespace Coordinator.Simulators.Lnd;

/// <summary>PUT /nodes/{name}: what the node brings.</summary>
internal sealed record NodeBody(long BalanceSats, long? InboundSats);

/// <summary>POST /nodes/{name}/pay. Waits up to <c>wait_ms</c> for a final state.</summary>
internal sealed record PayBody(string? PaymentRequest, long? AmountSats, long? FeeLimitSats, int? WaitMs);

/// <summary>POST /nodes/{name}/invoices: regular with a preimage (or a random one), hold with a payment hash.</summary>
internal sealed record InvoiceBody(
    string? Preimage, string? PaymentHash, long AmountSats, long? ExpirySeconds, ulong? CltvExpiry, string? Memo);

/// <summary>POST /nodes/{name}/invoices/{hash}/settle.</summary>
internal sealed record SettleBody(string? Preimage);

/// <summary>POST /control/height.</summary>
internal sealed record HeightBody(int Height, string? BlockHash);

/// <summary>POST /control/synced.</summary>
internal sealed record SyncedBody(bool Synced);

/// <summary>POST /control/auto-cancel and /control/stick.</summary>
internal sealed record HashBody(string? Hash);

/// <summary>POST /control/release and /control/fail-next.</summary>
internal sealed record FailureBody(string? Hash, string? Failure);

/// <summary>POST /control/faults.</summary>
internal sealed record FaultBody(string Method, string Kind, int? Count, int? DelayMs, int? Status, string? Text, int? After);

/// <summary>POST /control/state.</summary>
internal sealed record StateBody(string State);

/// <summary>POST /control/disconnect-streams.</summary>
internal sealed record DisconnectBody(bool? WithOk);
