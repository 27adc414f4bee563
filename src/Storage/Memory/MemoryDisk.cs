using System.Collections.Immutable;
using System.Text.Json;

namespace Coordinator.Storage;

/// <summary>What the in-memory twins keep across silos: the disk of a simulation. Ordered, so that one seed gives one run.</summary>
/// <remarks>Completes every operation at once and on the caller's thread; any thread may use it.</remarks>
public sealed class MemoryDisk
{
    private readonly Lock _lock = new();
    private Content _content = Content.Empty;

    /// <summary>A disk with the same content and no tie to this one: a backup, or the disk after a crash.</summary>
    public MemoryDisk Copy()
    {
        lock (_lock)
        {
            return new MemoryDisk { _content = _content };
        }
    }

    /// <summary>Everything a silo stores, on this disk.</summary>
    /// <param name="json">How documents are written; brings the converters.</param>
    public StoragePorts Ports(JsonSerializerOptions json) => new(
        new MemoryDocumentStorage(this, "competitions", json),
        new MemoryDocumentStorage(this, "users", json),
        new MemoryDocumentStorage(this, "bitcoin", json),
        new MemoryReminderTable(this),
        new MemoryArtefacts(this),
        new MemoryReservations(this),
        new MemoryDirectory(this, "competitions"),
        new MemoryDirectory(this, "users"),
        new MemoryCursors(this, "bitcoin", json));

    internal Task<T> ReadAsync<T>(Func<Content, T> query) => WriteAsync(content => (content, query(content)));

    /// <summary>Applies a change as a whole; a change that throws leaves the disk as it was, and its task failed.</summary>
    internal Task<T> WriteAsync<T>(Func<Content, (Content Next, T Result)> change)
    {
        lock (_lock)
        {
            try
            {
                var (next, result) = change(_content);
                _content = next;
                return Task.FromResult(result);
            }
#pragma warning disable CA1031 // The caller waits for it: it gets whatever was thrown.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return Task.FromException<T>(error);
            }
        }
    }

    internal sealed record GrainRow(long Etag, string? Data);

    internal sealed record ReminderRow(uint Hash, long StartAtTicks, long PeriodTicks, long Etag);

    internal sealed record ArtefactRow(ImmutableArray<byte> Data, ImmutableSortedSet<string> Owners);

    internal sealed record Content(
        ImmutableSortedDictionary<(string Store, string Grain, string Name), GrainRow> Grains,
        ImmutableSortedDictionary<(string Grain, string Name), ReminderRow> Reminders,
        ImmutableSortedDictionary<string, ArtefactRow> Artefacts,
        ImmutableSortedDictionary<string, StoredReservation> Reservations,
        ImmutableSortedDictionary<(string Store, string Name), string> Cursors,
        ImmutableSortedDictionary<(string Store, string Kind, string Key), DirectoryEntry> Directory)
    {
        public static Content Empty { get; } = new(
            ImmutableSortedDictionary.Create<(string Store, string Grain, string Name), GrainRow>(Triples()),
            ImmutableSortedDictionary.Create<(string Grain, string Name), ReminderRow>(Pairs()),
            ImmutableSortedDictionary.Create<string, ArtefactRow>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, StoredReservation>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<(string Store, string Name), string>(Pairs()),
            ImmutableSortedDictionary.Create<(string Store, string Kind, string Key), DirectoryEntry>(Triples()));

        private static Comparer<(string First, string Second)> Pairs()
            => Comparer<(string First, string Second)>.Create((a, b) => Order([a.First, a.Second], [b.First, b.Second]));

        private static Comparer<(string First, string Second, string Third)> Triples()
            => Comparer<(string First, string Second, string Third)>.Create(
                (a, b) => Order([a.First, a.Second, a.Third], [b.First, b.Second, b.Third]));

        private static int Order(ReadOnlySpan<string> left, ReadOnlySpan<string> right)
        {
            var order = 0;
            for (var i = 0; i < left.Length && order == 0; i++)
            {
                order = string.CompareOrdinal(left[i], right[i]);
            }
            return order;
        }
    }
}
