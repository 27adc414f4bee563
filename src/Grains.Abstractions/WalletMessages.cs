using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Satoshis, in the classes that the reference's wallet answers (http-api §12).</summary>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.wallet_balance")]
public sealed record WalletBalanceView(
    [property: Id(0)] long Immature,
    [property: Id(1)] long TrustedPending,
    [property: Id(2)] long UntrustedPending,
    [property: Id(3)] long Confirmed,
    [property: Id(4)] long Reserved);

/// <param name="Outpoint"><c>txid:vout</c>.</param>
/// <param name="ScriptPubKey">Hex.</param>
/// <param name="Keychain">External or Internal.</param>
/// <param name="Height">Null while unconfirmed.</param>
/// <param name="ReservedBy">The intent that owns it, or null.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.wallet_output")]
public sealed record WalletOutputView(
    [property: Id(0)] string Outpoint,
    [property: Id(1)] long Value,
    [property: Id(2)] string ScriptPubKey,
    [property: Id(3)] string Keychain,
    [property: Id(4)] int DerivationIndex,
    [property: Id(5)] int? Height,
    [property: Id(6)] string? ReservedBy,
    [property: Id(7)] bool IsSpent);

/// <param name="Owner">The intent that owns the coins.</param>
/// <param name="ScriptPubKey">What to pay, hex.</param>
/// <param name="Value">Satoshis.</param>
/// <param name="RateSatPerKwu">Fee rate.</param>
/// <param name="LeastConfirmations">Of every coin (D42).</param>
/// <param name="BumpOwner">The intent that owns what is kept for fee-bumping children; null: nothing is kept.</param>
/// <param name="BumpReserve">Satoshis to keep for it.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.fund_request")]
public sealed record FundRequest(
    [property: Id(0)] string Owner,
    [property: Id(1)] string ScriptPubKey,
    [property: Id(2)] long Value,
    [property: Id(3)] long RateSatPerKwu,
    [property: Id(4)] int LeastConfirmations,
    [property: Id(5)] string? BumpOwner = null,
    [property: Id(6)] long BumpReserve = 0)
{
    /// <summary>Outputs of others' locks that are spent as well.</summary>
    [Id(7)]
    public ImmutableArray<EscrowInput> Escrows { get; init; } = [];
}

/// <summary>An escrow that goes into the pool.</summary>
/// <param name="Outpoint"><c>txid:vout</c>.</param>
/// <param name="Value">Satoshis.</param>
/// <param name="WitnessScript">Hex.</param>
/// <param name="Weight">The most that its signed input weighs.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.escrow_input")]
public sealed record EscrowInput(
    [property: Id(0)] string Outpoint, [property: Id(1)] long Value, [property: Id(2)] string WitnessScript, [property: Id(3)] long Weight);

/// <summary>The witness of an input that the wallet does not sign.</summary>
/// <param name="Outpoint"><c>txid:vout</c>.</param>
/// <param name="Items">Hex, from the bottom of the stack.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.escrow_witness")]
public sealed record EscrowWitness([property: Id(0)] string Outpoint, [property: Id(1)] ImmutableArray<string> Items);

/// <param name="Owner">The intent that owns the coins.</param>
/// <param name="Psbt">Base64, as <see cref="IWalletGrain.FundAsync"/> answered it.</param>
/// <param name="Witnesses">One for every input that is not the wallet's.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.finalize_escrows")]
public sealed record FinalizeEscrows(
    [property: Id(0)] string Owner, [property: Id(1)] string Psbt, [property: Id(2)] ImmutableArray<EscrowWitness> Witnesses);

/// <param name="Psbt">Base64.</param>
/// <param name="Outpoint">Where the asked output will be.</param>
/// <param name="Fee">Satoshis to miners.</param>
/// <param name="BumpReserve">Satoshis that are kept for fee-bumping children; 0 where the wallet had too little.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.funded_psbt")]
public sealed record FundedPsbt(
    [property: Id(0)] string Psbt, [property: Id(1)] string Outpoint, [property: Id(2)] long Fee, [property: Id(3)] ImmutableArray<string> Coins,
    [property: Id(4)] long BumpReserve = 0);

/// <summary>A child for a transaction that waits (dlctix02 §5).</summary>
/// <param name="Owner">The intent that owns the coins; what it holds is taken first.</param>
/// <param name="Parent">Hex, signed.</param>
/// <param name="ParentFee">Satoshis.</param>
/// <param name="Output">Which output of the parent the child spends: an anchor, or one of the wallet's.</param>
/// <param name="RateSatPerKwu">What both together are to pay.</param>
/// <param name="MostFee">Satoshis, of the child.</param>
/// <param name="RivalFee">Satoshis of a stranger's child on the same output that has to be driven out; 0 where there is none.</param>
/// <param name="RivalVirtualBytes">Its size.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.bump_request")]
public sealed record BumpRequest(
    [property: Id(0)] string Owner,
    [property: Id(1)] string Parent,
    [property: Id(2)] long ParentFee,
    [property: Id(3)] int Output,
    [property: Id(4)] long RateSatPerKwu,
    [property: Id(5)] long MostFee,
    [property: Id(6)] long RivalFee,
    [property: Id(7)] long RivalVirtualBytes);

/// <param name="Transaction">Hex, signed.</param>
/// <param name="Fee">Satoshis, of it alone.</param>
/// <param name="Limit">Why it pays no more than this, though the rate asks for it; null where it pays what was asked.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.bump_child")]
public sealed record BumpChildView([property: Id(0)] string Transaction, [property: Id(1)] long Fee, [property: Id(2)] string? Limit);

[GenerateSerializer]
[Immutable]
[Alias("coordinator.send_request")]
public sealed record SendRequest(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string AddressTo,
    [property: Id(2)] string? AddressFrom,
    [property: Id(3)] long? Amount,
    [property: Id(4)] long? MaxFee);

/// <summary>What a send would be.</summary>
/// <param name="Amount">Satoshis that the address gets.</param>
/// <param name="Fee">Satoshis to miners.</param>
/// <param name="RateSatPerKwu">Satoshis per 1 000 weight units.</param>
/// <param name="Coins">How many it would spend.</param>
/// <param name="Change">Satoshis back to the wallet; 0 where there is none.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.send_preview")]
public sealed record SendPreviewView(
    [property: Id(0)] long Amount, [property: Id(1)] long Fee, [property: Id(2)] long RateSatPerKwu, [property: Id(3)] int Coins, [property: Id(4)] long Change);

/// <summary>A payment of the operator's.</summary>
/// <param name="Amount">Satoshis; null: everything that was free.</param>
/// <param name="Stage">waiting, decided or replaced.</param>
/// <param name="Fee">Satoshis to miners; null once it is decided.</param>
/// <param name="ReplacedBy">What spent its coins in its place.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.send")]
public sealed record SendView(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string AddressTo,
    [property: Id(2)] long? Amount,
    [property: Id(3)] string Txid,
    [property: Id(4)] string Stage,
    [property: Id(5)] long? Fee,
    [property: Id(6)] string? ReplacedBy);

/// <param name="Target">Blocks, 1 or more.</param>
/// <param name="RateSatPerKwu">Satoshis per 1 000 weight units; 250 are 1 sat/vB.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.fee_estimate")]
public sealed record FeeEstimateView([property: Id(0)] int Target, [property: Id(1)] long RateSatPerKwu);

/// <summary>A part of a look at every address of the wallet.</summary>
/// <param name="Anew">Begins again; else an unfinished one goes on.</param>
/// <param name="Most">Scripts to ask for in this part, 1 to 500.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.wallet_sync_request")]
public sealed record SyncRequest([property: Id(0)] bool Anew, [property: Id(1)] int Most);

/// <param name="Asked">Scripts looked at since it began.</param>
/// <param name="Used">Of them, those that were ever paid to.</param>
/// <param name="Outputs">Found so far, spent ones too.</param>
/// <param name="Height">The tip when it began.</param>
/// <param name="IsComplete">False where the same request goes on.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.wallet_sync")]
public sealed record WalletSyncView(
    [property: Id(0)] int Asked,
    [property: Id(1)] int Used,
    [property: Id(2)] int Outputs,
    [property: Id(3)] int Height,
    [property: Id(4)] bool IsComplete);

/// <summary>A child for one of the operator's payments that waits.</summary>
/// <param name="Payment">Its request id or txid.</param>
/// <param name="RateSatPerKwu">What both together are to pay; null is the one-block estimate.</param>
/// <param name="MaxFee">Satoshis of the child; null is what the rate asks for.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.bump_send_request")]
public sealed record BumpSendRequest([property: Id(0)] string Payment, [property: Id(1)] long? RateSatPerKwu, [property: Id(2)] long? MaxFee);

/// <param name="Txid">Of the child.</param>
/// <param name="Fee">Satoshis, of it alone.</param>
/// <param name="Limit">Why it pays no more than this, though the rate asks for it; null where it pays what was asked.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.bumped_send")]
public sealed record BumpedSendView([property: Id(0)] string Txid, [property: Id(1)] long Fee, [property: Id(2)] string? Limit);
