using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>All competitions, in memory, rebuilt from the index at start (D29).</summary>
[GrainType("directory")]
public sealed class DirectoryGrain(ICompetitionIndex index) : Grain, IDirectoryGrain
{
    private ImmutableArray<CompetitionView> _views = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
        => _views = [.. (await index.ListAsync()).OrderBy(view => view.CreatedAt).ThenBy(view => view.Submission.Id)];

    public async Task PutAsync(CompetitionView view)
    {
        var known = _views.FirstOrDefault(candidate => candidate.Submission.Id == view.Submission.Id);
        if (known is not null && known.Version >= view.Version)
        {
            return;
        }

        await index.PutAsync(view);
        _views = known is not null
            ? _views.Replace(known, view)
            : [.. _views.Add(view).OrderBy(candidate => candidate.CreatedAt).ThenBy(candidate => candidate.Submission.Id)];
    }

    public Task<ImmutableArray<CompetitionView>> ListAsync() => Task.FromResult(_views);
}
