using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>The coordinator's wallet (key 0); the only grain that chooses, reserves and spends coins.</summary>
[Alias("coordinator.IWalletGrain")]
public interface IWalletGrain : IGrainWithIntegerKey
{
    /// <summary>The next unused external address.</summary>
    [Alias("address")]
    Task<Answer<string>> AddressAsync();

    [Alias("balance")]
    Task<Answer<WalletBalanceView>> BalanceAsync();

    /// <summary>Every output ever, spent ones too.</summary>
    [Alias("outputs")]
    Task<Answer<ImmutableArray<WalletOutputView>>> OutputsAsync();

    /// <summary>The chain source's fee rates by target in blocks, ascending; target 1 is always there.</summary>
    [AlwaysInterleave]
    [Alias("estimated_fees")]
    Task<Answer<ImmutableArray<FeeEstimateView>>> EstimatedFeesAsync();

    /// <summary>Chooses and reserves coins for the owner and builds a PSBT that pays one output; the same owner again gets the same PSBT.</summary>
    [Alias("fund")]
    Task<Answer<FundedPsbt>> FundAsync(FundRequest request);

    /// <summary>Signs and finalises a PSBT this wallet made for the owner, and marks its coins as broadcast: from here on only a depth frees them (D42).</summary>
    /// <returns>The transaction in hex.</returns>
    [Alias("finalize")]
    Task<Answer<string>> FinalizeAsync(string owner, string psbt);

    /// <summary>The same for a PSBT that spends escrows as well; their witnesses are given, and verified with all others.</summary>
    /// <returns>The transaction in hex.</returns>
    [Alias("finalize_escrows")]
    Task<Answer<string>> FinalizeEscrowsAsync(FinalizeEscrows request);

    /// <summary>Spends the coins of the owner's payment back to the wallet, in place of it and of earlier forms of this: stored before it is signed. The
    /// same rate again is the same transaction; a higher one is a replacement.</summary>
    /// <returns>The transaction in hex; refused where it would cost more than half of the coins.</returns>
    [Alias("double_spend")]
    Task<Answer<string>> DoubleSpendAsync(string owner, long rateSatPerKwu);

    /// <summary>A script of this wallet to sweep to; the same purpose again gets the same script.</summary>
    /// <returns>The output script in hex.</returns>
    [Alias("script_for")]
    Task<Answer<string>> ScriptForAsync(string purpose);

    /// <summary>A child that pays for its parent, stored before it is signed: the same request again is the same child; a higher rate is a
    /// replacement of it with the same coins, or with others where one of them is gone.</summary>
    [Alias("bump")]
    Task<Answer<BumpChildView>> BumpAsync(BumpRequest request);

    /// <summary>What the owner holds for bumping is needed no more: each coin is free once nothing that spends it can be undone (D42). Safe to repeat.</summary>
    [Alias("end_bumps")]
    Task<Answer<Done>> EndBumpsAsync(string owner);

    /// <summary>Gives back what the owner has reserved. Safe to repeat.</summary>
    [Alias("release")]
    Task<Answer<Done>> ReleaseAsync(string owner);

    /// <summary>A block came: frees the coins of payments that are decided, and notices coins that somebody else spent. Costs nothing where none are
    /// reserved.</summary>
    /// <returns>False where the chain could not be asked about every reserved coin.</returns>
    [Alias("wake")]
    Task<bool> WakeAsync();

    /// <summary>Reserved coins that were spent by a transaction which is none of ours; released ones too.</summary>
    [AlwaysInterleave]
    [Alias("holds")]
    Task<ImmutableArray<HoldView>> HoldsAsync();

    /// <summary>Operator: releases one of the wallet's holds; the id is the hold's own.</summary>
    [Alias("release_hold")]
    Task<Answer<Done>> ReleaseHoldAsync(OperatorWord word);

    /// <summary>Owners whose coins are reserved and that never reached a broadcast; what no payment stands for is freed first.</summary>
    [Alias("owners")]
    Task<ImmutableArray<string>> OwnersAsync();

    /// <summary>Sends to an address; null amount sends everything that is free. The same request again is the same payment, for as long as the last
    /// thousand of them are remembered; another one under its id is refused.</summary>
    /// <returns>The txid.</returns>
    [Alias("send")]
    Task<Answer<string>> SendAsync(SendRequest request);

    /// <summary>What such a send would cost now. Nothing is reserved or stored.</summary>
    [Alias("preview_send")]
    Task<Answer<SendPreviewView>> PreviewSendAsync(SendRequest request);

    /// <summary>The operator's sends that are remembered, newest first, at most a hundred.</summary>
    [AlwaysInterleave]
    [Alias("sends")]
    Task<ImmutableArray<SendView>> SendsAsync();

    /// <summary>A child that pays for a send that waits; again with a higher rate is a replacement of it.</summary>
    [Alias("bump_send")]
    Task<Answer<BumpedSendView>> BumpSendAsync(BumpSendRequest request);

    /// <summary>Looks at a part of the wallet's addresses, also at those that are not expected to change; ask until it is complete. What it has found
    /// counts from then on.</summary>
    [Alias("sync")]
    Task<Answer<WalletSyncView>> SyncAsync(SyncRequest request);
}
