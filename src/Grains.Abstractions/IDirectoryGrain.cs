using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>All competitions, for lists (key 0). Rebuilt from storage at start; updates carry versions and may repeat or come late.</summary>
[Alias("coordinator.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a view unless a newer one is known.</summary>
    [Alias("put")]
    Task PutAsync(CompetitionView view);

    /// <summary>Every competition in order of creation, then id.</summary>
    [AlwaysInterleave]
    [Alias("list")]
    Task<ImmutableArray<CompetitionView>> ListAsync();
}

/// <summary>Which competitions a player has entries in; the key is the x-only Nostr key in hex.</summary>
[Alias("coordinator.IPlayerGrain")]
public interface IPlayerGrain : IGrainWithStringKey
{
    /// <summary>On disk when it returns. Safe to repeat.</summary>
    [Alias("add")]
    Task AddAsync(Guid competition);

    /// <summary>In order of first entry.</summary>
    [AlwaysInterleave]
    [Alias("competitions")]
    Task<ImmutableArray<Guid>> CompetitionsAsync();
}

/// <summary>Remembers which NIP-98 events were used; the key is a shard of the event id. After a start it refuses events made before it.</summary>
[Alias("coordinator.IReplayGuardGrain")]
public interface IReplayGuardGrain : IGrainWithIntegerKey
{
    /// <summary>Takes an event id once.</summary>
    /// <param name="eventId">64 lower-case hex digits.</param>
    /// <param name="createdAt">The event's unix seconds.</param>
    [Alias("take")]
    Task<ReplayVerdict> TakeAsync(string eventId, long createdAt);
}

[GenerateSerializer]
[Alias("coordinator.replay_verdict")]
public enum ReplayVerdict
{
    [Id(0)]
    Fresh,
    [Id(1)]
    Replayed,

    /// <summary>Made before this guard started: nobody can tell whether it was used.</summary>
    [Id(2)]
    TooOld,

    /// <summary>No room: a live id is never forgotten for a new one.</summary>
    [Id(3)]
    Full,
}

/// <summary>The coordinator's wallet (key 0); the only grain that chooses, reserves and spends coins.</summary>
[Alias("coordinator.IWalletGrain")]
public interface IWalletGrain : IGrainWithIntegerKey
{
    /// <summary>The next unused external address.</summary>
    [Alias("address")]
    Task<Answer<string>> AddressAsync();

    [Alias("balance")]
    Task<Answer<WalletBalanceView>> BalanceAsync();

    /// <summary>Unspent and reserved outputs.</summary>
    [Alias("outputs")]
    Task<Answer<ImmutableArray<WalletOutputView>>> OutputsAsync();

    /// <summary>Chooses and reserves coins for the owner and builds a PSBT that pays one output; the same owner again gets the same PSBT.</summary>
    [Alias("fund")]
    Task<Answer<FundedPsbt>> FundAsync(FundRequest request);

    /// <summary>Signs and finalises a PSBT this wallet made.</summary>
    /// <returns>The transaction in hex.</returns>
    [Alias("finalize")]
    Task<Answer<string>> FinalizeAsync(string psbt);

    /// <summary>A script of this wallet to sweep to; the same purpose again gets the same script.</summary>
    /// <returns>The output script in hex.</returns>
    [Alias("script_for")]
    Task<Answer<string>> ScriptForAsync(string purpose);

    /// <summary>Gives back what the owner has reserved. Safe to repeat.</summary>
    [Alias("release")]
    Task<Answer<Done>> ReleaseAsync(string owner);

    /// <summary>Sends to an address; null amount drains.</summary>
    /// <returns>The txid.</returns>
    [Alias("send")]
    Task<Answer<string>> SendAsync(SendRequest request);
}
