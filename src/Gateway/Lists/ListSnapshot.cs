using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coordinator.Gateway.Json;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;

namespace Coordinator.Gateway.Lists;

/// <summary>All competitions as of one stamp of the directory, with the pages that were asked for. Immutable but for those.</summary>
internal sealed class ListSnapshot
{
    private const int MostPages = 128;
    private readonly ImmutableArray<Item> _items;
    private readonly ConcurrentDictionary<string, ListPage> _pages = new(StringComparer.Ordinal);

    private ListSnapshot(long epoch, long stamp, ImmutableArray<Item> items) => (Epoch, Stamp, _items) = (epoch, stamp, items);

    internal static ListSnapshot Empty { get; } = new(0, 0, []);

    internal long Epoch { get; }

    internal long Stamp { get; }

    /// <summary>With these changes. What a directory before the one known here said is ignored; one after it tells everything.</summary>
    internal ListSnapshot With(DirectoryChanges changes)
    {
        if (changes.Epoch < Epoch || (changes.Epoch == Epoch && changes.Views.IsEmpty && changes.Stamp <= Stamp))
        {
            return this;
        }

        var items = changes.Epoch == Epoch ? _items.ToBuilder() : ImmutableArray.CreateBuilder<Item>(changes.Views.Length);
        foreach (var view in changes.Views.OrderBy(ListCursor.Of))
        {
            Put(items, view);
        }

        return new(changes.Epoch, changes.Epoch == Epoch ? Math.Max(Stamp, changes.Stamp) : changes.Stamp, items.ToImmutable());
    }

    internal ListPage Page(ListQuery query)
    {
        var key = query.Key;
        return _pages.TryGetValue(key, out var page) ? page
            : _pages.Count >= MostPages ? Render(query)
            : _pages.GetOrAdd(key, Render(query));
    }

    private static void Put(ImmutableArray<Item>.Builder items, CompetitionView view)
    {
        var at = IndexAfter(items.Count, index => items[index].Place, ListCursor.Of(view)) - 1;
        if (at < 0 || items[at].View.Submission.Id != view.Submission.Id)
        {
            items.Insert(at + 1, new Item(view));
        }
        else if (items[at].View.Version < view.Version)
        {
            items[at] = new Item(view);
        }
    }

    /// <summary>The index of the first item after a place.</summary>
    private static int IndexAfter(int count, Func<int, ListCursor> placeOf, ListCursor place)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = placeOf(middle).CompareTo(place) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private ListPage Render(ListQuery query)
    {
        var start = query.After is { } after ? IndexAfter(_items.Length, index => _items[index].Place, after) : 0;
        using var text = new MemoryStream();
        text.WriteByte((byte)'[');
        var (taken, last) = (0, default(Item));
        foreach (var item in _items.AsSpan()[start..])
        {
            if (item.View.Deleted || !query.Takes(item.View))
            {
                continue;
            }

            if (taken == query.Limit)
            {
                return Ended(text, last!.Place.ToString());
            }

            if (taken++ > 0)
            {
                text.WriteByte((byte)',');
            }

            text.Write(item.Json.Span);
            last = item;
        }

        return Ended(text, next: null);
    }

    private static ListPage Ended(MemoryStream text, string? next)
    {
        text.WriteByte((byte)']');
        return new ListPage(text.ToArray(), next);
    }

    private sealed class Item(CompetitionView view)
    {
        private byte[]? _json;

        internal CompetitionView View { get; } = view;

        internal ListCursor Place { get; } = ListCursor.Of(view);

        /// <summary>Rendered when it is first asked for; twice at worst.</summary>
        internal ReadOnlyMemory<byte> Json => _json ??= JsonBody.Render(json => CompetitionJson.WriteLean(json, View)).ToArray();
    }
}

/// <summary>The lists of this gateway: asks the directory what changed since the last time, and keeps the rest.</summary>
internal sealed class CompetitionLists(IGrainFactory grains)
{
    private readonly Lock _gate = new();
    private ListSnapshot _known = ListSnapshot.Empty;

    /// <summary>The page as things are now: whatever was on disk when it was asked for is in it.</summary>
    internal async Task<ListPage> PageAsync(ListQuery query)
    {
        var known = Volatile.Read(ref _known);
        var changes = await grains.GetGrain<IDirectoryGrain>(0).ChangesAsync(known.Epoch, known.Stamp);
        if (changes.Epoch != known.Epoch || changes.Stamp != known.Stamp)
        {
            lock (_gate)
            {
                known = _known = _known.With(changes);
            }
        }

        return known.Page(query);
    }
}
