namespace Coordinator.Grains;

/// <summary>What the operator may read.</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<StoryView>> StoryAsync()
    {
        var document = _committed;
        if (document.State is null)
        {
            return Unknown();
        }

        return StoryViews.Of(document, await OwedAsync());
    }
}
