using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>What one participant may read of the contract (http-api §10.1, D9 to D11).</summary>
/// <param name="ContractParameters">Canonical JSON, as signed by hash.</param>
/// <param name="FundingOutpoint"><c>txid:vout</c>.</param>
/// <param name="FundingPsbt">Base64, unsigned.</param>
/// <param name="Announcement">JSON of the oracle's public key, nonce point and entry ids, so that players recompute every lock point.</param>
/// <param name="RoundNumber">From 1; 0 once signing is over.</param>
/// <param name="RoundId">128 random bits, hex.</param>
/// <param name="Entries">The caller's entries only.</param>
/// <param name="Keymeld">The remote signing session; null where players sign themselves.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.contract_view")]
public sealed record ContractView(
    [property: Id(0)] string ContractParameters,
    [property: Id(1)] string FundingOutpoint,
    [property: Id(2)] string FundingPsbt,
    [property: Id(3)] string Announcement,
    [property: Id(4)] int RoundNumber,
    [property: Id(5)] string RoundId,
    [property: Id(6)] ImmutableArray<ContractEntryView> Entries,
    [property: Id(7)] ContractKeymeldView? Keymeld = null);

/// <summary>The remote signing session as one paid entry's owner may know it (http-api §10.1, D13).</summary>
/// <param name="EncryptedSessionSecret">NIP-44 v2 from <paramref name="CoordinatorPubkey"/> to the caller, 64 hex digits inside; null before key
/// generation was checked, or where the secret is not shared.</param>
/// <param name="UserId">The caller's first entry's ticket.</param>
/// <param name="CoordinatorPubkey">x-only, 64 hex digits.</param>
/// <param name="SigningSessions">Where the signatures were made, once they are complete: their results can be read with one's own key.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.contract_keymeld_view")]
public sealed record ContractKeymeldView(
    [property: Id(0)] string GatewayUrl,
    [property: Id(1)] Guid SessionId,
    [property: Id(2)] string? EncryptedSessionSecret,
    [property: Id(3)] Guid UserId,
    [property: Id(4)] string CoordinatorPubkey,
    [property: Id(5)] ImmutableArray<Guid> SigningSessions);

/// <param name="PlayerIndex">The entry's index in the contract.</param>
/// <param name="NoncesSubmitted">For the current round.</param>
/// <param name="PartialsSubmitted">For the current round.</param>
/// <param name="PartialsRejected">The last partial signatures did not verify: send them again (D10).</param>
/// <param name="Signatures">JSON of the entry's pruned contract signatures once signing completed; else null.</param>
/// <param name="TicketPreimage">Hex, once LND says the invoice is SETTLED; else null.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.contract_entry_view")]
public sealed record ContractEntryView(
    [property: Id(0)] Guid EntryId,
    [property: Id(1)] Guid TicketId,
    [property: Id(2)] int PlayerIndex,
    [property: Id(3)] bool NoncesSubmitted,
    [property: Id(4)] bool PartialsSubmitted,
    [property: Id(5)] bool PartialsRejected,
    [property: Id(6)] string? Signatures,
    [property: Id(7)] string? TicketPreimage);

/// <param name="Round">The round the client means; null is the current one.</param>
/// <param name="Body">UTF-8 JSON of a SigMap of public nonces, at most 16 MiB.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.nonces_request")]
public sealed record NoncesRequest(
    [property: Id(0)] string Player, [property: Id(1)] Guid Entry, [property: Id(2)] string? Round, [property: Id(3)] ImmutableArray<byte> Body);

/// <param name="Round">The round of this aggregate.</param>
/// <param name="Json">SigMap of aggregate nonces.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.aggregate_nonces_view")]
public sealed record AggregateNoncesView([property: Id(0)] string Round, [property: Id(1)] string Json);

/// <param name="Body">UTF-8 JSON of a SigMap of partial signatures, at most 16 MiB.</param>
/// <param name="FundingPsbt">What the client believes is funded; compared where given.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.signatures_request")]
public sealed record SignaturesRequest(
    [property: Id(0)] string Player,
    [property: Id(1)] Guid Entry,
    [property: Id(2)] string? Round,
    [property: Id(3)] ImmutableArray<byte> Body,
    [property: Id(4)] string? FundingPsbt);

/// <param name="Invoice">BOLT-11; null where only the key is handed over.</param>
/// <param name="EphemeralPrivateKey">64 hex digits, or null. Sealed at once, never logged.</param>
/// <param name="PayoutPreimage">64 hex digits, or null. Sealed at once, never logged.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.payout_request")]
public sealed record PayoutRequest(
    [property: Id(0)] string Player,
    [property: Id(1)] Guid Entry,
    [property: Id(2)] Guid TicketId,
    [property: Id(3)] string? Invoice,
    [property: Id(4)] string? EphemeralPrivateKey,
    [property: Id(5)] string? PayoutPreimage,
    [property: Id(6)] bool TrustsCoordinator)
{
    /// <summary>Names the entry; the secrets are never printed.</summary>
    public override string ToString() => $"PayoutRequest {{ Entry = {Entry}, TicketId = {TicketId} }}";
}
