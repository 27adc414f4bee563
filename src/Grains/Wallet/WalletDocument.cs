using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>What the wallet has promised: payments by owner and scripts by purpose.</summary>
public sealed record WalletDocument
{
    public int Schema { get; init; } = 1;

    public ImmutableArray<StoredPayment> Payments { get; init; } = [];

    /// <summary>Internal indices given out to sweep to.</summary>
    public ImmutableArray<StoredScript> Scripts { get; init; } = [];
}

/// <param name="Purpose">What the script is for.</param>
/// <param name="Index">Of the internal keychain.</param>
public sealed record StoredScript(string Purpose, uint Index);

/// <summary>A payment whose coins are reserved: enough to sign it again at any time.</summary>
/// <param name="Owner">The intent.</param>
/// <param name="Psbt">Base64, unsigned.</param>
/// <param name="Fee">Satoshis.</param>
/// <param name="BroadcastTxid">Once it may be out.</param>
public sealed record StoredPayment(string Owner, string Psbt, long Fee, Txid? BroadcastTxid)
{
    public Transaction Unsigned() => Bitcoin.Psbt.ParseBase64(Psbt).UnsignedTransaction;
}
