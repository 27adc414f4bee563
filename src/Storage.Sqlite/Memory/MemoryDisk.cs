using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

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

    internal T Read<T>(Func<Content, T> query)
    {
        lock (_lock)
        {
            return query(_content);
        }
    }

    /// <summary>Applies a change as a whole; a change that throws leaves the disk as it was.</summary>
    internal T Write<T>(Func<Content, (Content Next, T Result)> change)
    {
        lock (_lock)
        {
            var (next, result) = change(_content);
            _content = next;
            return result;
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
        ImmutableSortedDictionary<(string Kind, string Key), DirectoryEntry> Directory)
    {
        public static Content Empty { get; } = new(
            ImmutableSortedDictionary.Create<(string Store, string Grain, string Name), GrainRow>(Comparer<(string Store, string Grain, string Name)>
                .Create((a, b) => Order([a.Store, a.Grain, a.Name], [b.Store, b.Grain, b.Name]))),
            ImmutableSortedDictionary.Create<(string Grain, string Name), ReminderRow>(Pairs()),
            ImmutableSortedDictionary.Create<string, ArtefactRow>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, StoredReservation>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<(string Store, string Name), string>(Pairs()),
            ImmutableSortedDictionary.Create<(string Kind, string Key), DirectoryEntry>(Pairs()));

        private static Comparer<(string First, string Second)> Pairs()
            => Comparer<(string First, string Second)>.Create((a, b) => Order([a.First, a.Second], [b.First, b.Second]));

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
