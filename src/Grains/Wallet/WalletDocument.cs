using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>What the wallet has promised: payments by owner and scripts by purpose.</summary>
public sealed record WalletDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public ImmutableArray<StoredPayment> Payments { get; init; } = [];

    /// <summary>Fee-bumping children, the newest for each output that they spend.</summary>
    public ImmutableArray<StoredChild> Children { get; init; } = [];

    /// <summary>Owners of coins for bumping whose competition is over.</summary>
    public ImmutableArray<string> EndedBumps { get; init; } = [];

    /// <summary>Reserved coins that somebody else spent.</summary>
    public ImmutableArray<StoredHold> Holds { get; init; } = [];

    /// <summary>Internal indices given out to sweep to.</summary>
    public ImmutableArray<StoredScript> Scripts { get; init; } = [];

    /// <summary>The operator's payments, oldest first; decided ones too, so that repeating a request pays nobody twice.</summary>
    public ImmutableArray<StoredSend> Sends { get; init; } = [];
}

/// <summary>A payment of the operator's, as it was first asked for.</summary>
/// <param name="Txid">The payment.</param>
public sealed record StoredSend(string RequestId, string AddressTo, string? AddressFrom, long? Amount, long? MaxFee, Txid Txid)
{
    /// <summary>What has spent its coins in its place, six deep; null where nothing has.</summary>
    public Txid? ReplacedBy { get; init; }

    public static StoredSend Of(SendRequest request, Txid txid)
        => new(request.RequestId, request.AddressTo, request.AddressFrom, request.Amount, request.MaxFee, txid);

    public bool IsOf(SendRequest request) => Of(request, Txid) == this with { ReplacedBy = null };
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
    /// <summary>Who owns the output that is kept for bumping; null where none is.</summary>
    public string? BumpOwner { get; init; }

    /// <summary>Satoshis of that output.</summary>
    public long BumpReserve { get; init; }

    /// <summary>What spends the same coins back to the wallet, newest last; empty where the payment is wanted.</summary>
    public ImmutableArray<StoredReturn> Returns { get; init; } = [];

    public Transaction Unsigned() => Bitcoin.Psbt.ParseBase64(Psbt).UnsignedTransaction;
}

/// <summary>A transaction in the place of a payment that is not wanted any more.</summary>
/// <param name="Psbt">Base64, unsigned.</param>
/// <param name="Fee">Satoshis.</param>
public sealed record StoredReturn(Txid Txid, string Psbt, long Fee);

/// <summary>A child whose coins are reserved: enough to sign it again at any time.</summary>
/// <param name="Owner">The intent.</param>
/// <param name="Psbt">Base64, unsigned; input 0 spends the parent's output.</param>
/// <param name="Fee">Satoshis.</param>
/// <param name="Tried">Its txid and those of the forms that it replaced: none of them is a stranger's.</param>
public sealed record StoredChild(string Owner, string Psbt, long Fee, ImmutableArray<Txid> Tried)
{
    public Transaction Unsigned() => Bitcoin.Psbt.ParseBase64(Psbt).UnsignedTransaction;
}
