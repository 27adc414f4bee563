using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>
/// All competitions, in memory, rebuilt from the index at start (D29). A new one is on disk before it is known; what changes afterwards is
/// written behind, the latest of each: an index that lags is put right by its competition, which tells again when it is next activated.
/// </summary>
[GrainType("directory")]
public sealed partial class DirectoryGrain(ICompetitionIndex index, TimeProvider clock, ILogger<DirectoryGrain> logger) : Grain, IDirectoryGrain
{
    private const int AtOnce = 64;

    private readonly Dictionary<Guid, LinkedListNode<Line>> _byId = [];

    /// <summary>Last changed last.</summary>
    private readonly LinkedList<Line> _byStamp = new();
    private readonly SortedDictionary<Guid, CompetitionView> _unsaved = [];
    private ImmutableArray<CompetitionView>? _sorted;
    private Task _saving = Task.CompletedTask;
    private long _epoch;
    private long _stamp;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _epoch = clock.GetUtcNow().UtcTicks;
        foreach (var view in Sorted(await index.ListAsync()))
        {
            Remember(view);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _saving.WaitAsync(cancellationToken);

    public async Task PutAsync(CompetitionView view)
    {
        var id = view.Submission.Id;
        var isNew = !_byId.ContainsKey(id);
        if (isNew)
        {
            await index.PutAsync(view);
        }

        if (_byId.TryGetValue(id, out var known) && known.Value.View.Version >= view.Version)
        {
            return;
        }

        Remember(view);
        if (!isNew)
        {
            _unsaved[id] = view;
            if (_saving.IsCompleted)
            {
                _saving = SaveAsync();
            }
        }
    }

    public Task<ImmutableArray<CompetitionView>> ListAsync() => Task.FromResult(_sorted ??= Sorted(_byStamp.Select(line => line.View)));

    public Task<DirectoryChanges> ChangesAsync(long epoch, long after)
    {
        var changed = ImmutableArray.CreateBuilder<CompetitionView>();
        for (var node = _byStamp.Last; node is not null && (epoch != _epoch || node.Value.Stamp > after); node = node.Previous)
        {
            changed.Add(node.Value.View);
        }

        return Task.FromResult(new DirectoryChanges(_epoch, _stamp, changed.ToImmutable()));
    }

    private static ImmutableArray<CompetitionView> Sorted(IEnumerable<CompetitionView> views)
        => [.. views.OrderBy(view => view.CreatedAt).ThenBy(view => view.Submission.Id)];

    private void Remember(CompetitionView view)
    {
        if (_byId.TryGetValue(view.Submission.Id, out var known))
        {
            _byStamp.Remove(known);
        }

        _byId[view.Submission.Id] = _byStamp.AddLast(new Line(view, ++_stamp));
        _sorted = null;
    }

    /// <summary>Writes until nothing is left. What failed is tried again with the next change.</summary>
    private async Task SaveAsync()
    {
        while (_unsaved.Count > 0)
        {
            var batch = _unsaved.Take(AtOnce).ToList();
            try
            {
                await Task.WhenAll(batch.Select(pair => index.PutAsync(pair.Value)));
            }
#pragma warning disable CA1031 // The list is a convenience, and every competition tells again: it must not end this grain.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogUnsaved(batch.Count, failure.GetType().Name);
                return;
            }

            foreach (var (id, view) in batch)
            {
                if (_unsaved.TryGetValue(id, out var latest) && ReferenceEquals(latest, view))
                {
                    _unsaved.Remove(id);
                }
            }
        }
    }

    [LoggerMessage(6, LogLevel.Warning, "{Count} lines of the directory are not on disk yet ({Failure})")]
    private partial void LogUnsaved(int count, string failure);

    private sealed record Line(CompetitionView View, long Stamp);
}
