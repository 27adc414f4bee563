using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>
/// One competition; the key is its id. Players are named by their x-only Nostr key as 64 lower-case hex digits. Every command may be
/// repeated: the same request again gets the same answer. Reads interleave and see only what is on disk.
/// </summary>
[Alias("coordinator.ICompetitionGrain")]
public interface ICompetitionGrain : IGrainWithGuidKey
{
    /// <summary>Creates the competition with its tickets. Refused where it exists with other terms.</summary>
    [Alias("create")]
    Task<Answer<CompetitionView>> CreateAsync(CreateCompetition request);

    [AlwaysInterleave]
    [Alias("get")]
    Task<Answer<CompetitionView>> GetAsync();

    /// <summary>Reserves a seat and makes its hold invoice, or answers the caller's own unused seat. May take as long as LND does.</summary>
    [Alias("request_ticket")]
    Task<Answer<TicketView>> RequestTicketAsync(TicketRequest request);

    /// <summary>Created, Reserved, Paid, Settled, Used, Expired or Cancelled.</summary>
    [AlwaysInterleave]
    [Alias("ticket_status")]
    Task<Answer<string>> TicketStatusAsync(string player, Guid ticket);

    /// <summary>Puts picks and keys on a seat; before its payment they are a draft.</summary>
    [Alias("submit_entry")]
    Task<Answer<EntryView>> SubmitEntryAsync(EntryRequest request);

    /// <summary>The caller's own entries, in order of creation.</summary>
    [AlwaysInterleave]
    [Alias("entries_of")]
    Task<ImmutableArray<EntryView>> EntriesOfAsync(string player);

    /// <summary>What a participant needs to check, sign and later claim. Marks the caller's signatures as fetched once they are in the answer.</summary>
    [Alias("contract")]
    Task<Answer<ContractView>> ContractAsync(string player);

    /// <summary>Public nonces of one entry for the current round.</summary>
    [Alias("submit_nonces")]
    Task<Answer<Done>> SubmitNoncesAsync(NoncesRequest request);

    /// <summary>The aggregate of all nonces, once every player's are in.</summary>
    [AlwaysInterleave]
    [Alias("aggregate_nonces")]
    Task<Answer<AggregateNoncesView>> AggregateNoncesAsync(string player);

    /// <summary>Partial signatures of one entry for the current round.</summary>
    [Alias("submit_signatures")]
    Task<Answer<Done>> SubmitSignaturesAsync(SignaturesRequest request);

    /// <summary>The escrow of the caller's ticket.</summary>
    [AlwaysInterleave]
    [Alias("escrow")]
    Task<Answer<EscrowView>> EscrowAsync(string player, Guid ticket);

    /// <summary>The player's signature on their escrow's input of the funding transaction; only once the contract is signed.</summary>
    [Alias("sign_escrow")]
    Task<Answer<Done>> SignEscrowAsync(EscrowSignatureRequest request);

    /// <summary>The coordinator's signature over a paid player's own spend of their escrow, where there will be no pool.</summary>
    /// <returns>Hex of DER and type byte.</returns>
    [Alias("refund_escrow")]
    Task<Answer<string>> RefundEscrowAsync(EscrowRefundRequest request);

    /// <summary>Asks for a winner's payout, or hands over the key after it was paid.</summary>
    [Alias("request_payout")]
    Task<Answer<Done>> RequestPayoutAsync(PayoutRequest request);

    /// <summary>Operator: winners of the confirmed outcome who have not taken their share, and how they still can.</summary>
    [AlwaysInterleave]
    [Alias("owed")]
    Task<ImmutableArray<OwedShareView>> OwedAsync();

    /// <summary>Operator: all that is known of it, from its creation on. Looks at what is on disk only.</summary>
    [AlwaysInterleave]
    [Alias("story")]
    Task<Answer<StoryView>> StoryAsync();

    /// <summary>Operator: ends a competition that is not funded and gives every payment back.</summary>
    [Alias("cancel")]
    Task<Answer<CompetitionView>> CancelAsync(string reason);

    /// <summary>Operator: puts a cancelled competition of which nothing is open out of sight. Its id is never used again.</summary>
    [Alias("delete")]
    Task<Answer<Done>> DeleteAsync();

    /// <summary>Operator: lets an unpaid winner's share be reclaimed from g+2Δ.</summary>
    [Alias("release_share")]
    Task<Answer<CompetitionView>> ReleaseShareAsync(Guid entry);

    /// <summary>Operator: releases one of its holds; the id is the hold's own, without the competition's.</summary>
    [Alias("release_hold")]
    Task<Answer<CompetitionView>> ReleaseHoldAsync(OperatorWord word);

    /// <summary>After a restore (D43): looks up every ticket hash and every winner's payout hash, and takes in what it finds. Safe to repeat.</summary>
    [Alias("recheck")]
    Task<RecheckView> RecheckAsync();

    /// <summary>Something may have changed: look. Cheap, safe to repeat, and nothing is lost where it is lost.</summary>
    [Alias("wake")]
    Task WakeAsync(WakeReason reason);
}

/// <summary>What may have changed.</summary>
[GenerateSerializer]
[Alias("coordinator.wake_reason")]
public enum WakeReason
{
    [Id(0)]
    Start,
    [Id(1)]
    Invoice,
    [Id(2)]
    Block,
    [Id(3)]
    Oracle,
    [Id(4)]
    Payment,
}
