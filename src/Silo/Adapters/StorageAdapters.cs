using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Storage;
using Coordinator.Wallet;

namespace Coordinator.Silo;

/// <summary>Artefacts over the database.</summary>
internal sealed class StoredArtefacts(IArtefactStore store) : IArtefacts
{
    public async Task<Hash32> PutAsync(Guid owner, byte[] data)
    {
        var hash = Hash32.Of(data);
        await store.PutAsync(owner.ToString(), hash.ToBytes(), data);
        return hash;
    }

    public async Task<byte[]> GetAsync(Hash32 hash) => await store.GetAsync(hash.ToBytes())
        ?? throw new InvalidOperationException($"the stored value {hash} is gone: the database is not whole");
}

/// <summary>The list of competitions over the database.</summary>
internal sealed class StoredIndex(IDirectoryIndex index, Intake? intake = null) : ICompetitionIndex
{
    private const string Kind = "competitions";

    public Task PutAsync(CompetitionView view) => index.UpsertAsync(
        Kind, new DirectoryEntry(view.Submission.Id.ToString(), view.Version, JsonSerializer.Serialize(view, DocumentJson.Options)));

    public async Task<ImmutableArray<CompetitionView>> ListAsync() => [.. (await index.ListAsync(Kind)).Select(Read).OfType<CompetitionView>()];

    public async Task<ImmutableArray<Guid>> UnreadableAsync() => [.. (await index.ListAsync(Kind)).Where(line => Read(line) is null)
        .Select(line => Guid.TryParse(line.Key, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];

    /// <summary>A line that cannot be read is named and left alone; its competition tells the list again by itself.</summary>
    private CompetitionView? Read(DirectoryEntry line)
    {
        try
        {
            return JsonSerializer.Deserialize<CompetitionView>(line.Json, DocumentJson.Options);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            intake?.Report($"directory/{Kind}/{line.Key}", $"the line of competition {line.Key} in the list cannot be read{(error is JsonException { Path: { } path } ? $" at {path}" : "")}");
            return null;
        }
    }
}

/// <summary>Coin reservations over the database.</summary>
internal sealed class StoredReservations(IReservationStore store, Intake? intake = null) : ICoinReservations
{
    public async Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
    {
        var result = await store.ReserveAsync(owner, [.. coins.Select(coin => new CoinToReserve(coin.OutPoint.ToString(), coin.Value.Value))])
            .WaitAsync(cancellation);
        return result.Reserved
            ? new ReservationAnswer.Reserved()
            : new ReservationAnswer.Taken(OutPoint.Parse(result.TakenByOthers[0].Outpoint), result.TakenByOthers[0].Owner);
    }

    public Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation)
        => store.MarkBroadcastAsync(owner, txid.ToString()).WaitAsync(cancellation);

    public Task ReleaseAsync(string owner, CancellationToken cancellation) => store.ReleaseAsync(owner).WaitAsync(cancellation);

    public Task SettleAsync(string owner, CancellationToken cancellation) => store.SettleAsync(owner).WaitAsync(cancellation);

    public async Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation) => [.. (await store.ListAsync().WaitAsync(cancellation))
        .Select(Read)
        .OrderBy(reservation => reservation.Owner, StringComparer.Ordinal)
        .ThenBy(reservation => reservation.Coin.OutPoint)];

    /// <summary>Whoever cannot read what is promised chooses no coins: the row may stand for any of them.</summary>
    private CoinReservation Read(StoredReservation stored)
    {
        try
        {
            return new CoinReservation(
                stored.Owner,
                new ReservedCoin(OutPoint.Parse(stored.Outpoint), Satoshis.Of(stored.Satoshis ?? 0)),
                stored.BroadcastTxid is { } txid ? Txid.ParseDisplay(txid) : null);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            var what = $"the reservation of coin '{stored.Outpoint}' for {stored.Owner} cannot be read: no coins are chosen until it is put right";
            intake?.Report($"reservation/{stored.Outpoint}", what);
            throw new UnreadableDocumentException(what);
        }
    }
}
