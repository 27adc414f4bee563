using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What everybody may read.</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<CompetitionView>> GetAsync()
    {
        var document = _committed;
        if (document.State is not { } state)
        {
            return Unknown();
        }

        var view = CompetitionViews.Lean(document);
        if (AnnouncementOf(state) is { } hash)
        {
            view = view with { EventAnnouncement = AnnouncementRecord.Parse(await services.Artefacts.GetAsync(hash)).ToPublicJson() };
        }

        return state is LiveState live ? await WithTransactionsAsync(view, live) : view;
    }

    /// <summary>The funding transaction once it was broadcast, and the one that spends it.</summary>
    private async Task<CompetitionView> WithTransactionsAsync(CompetitionView view, LiveState state)
    {
        var live = state.Live;
        if (live.Chain.FundingSeen && (await services.ChainSource.FindTransactionAsync(live.Contract.FundingTxid, CancellationToken.None)).TryGet(out var funding))
        {
            view = view with { FundingTransaction = funding?.ToHex() };
        }

        if (live.Chain.Outcome is { } outcome && (await services.ChainSource.FindTransactionAsync(outcome.Txid, CancellationToken.None)).TryGet(out var spender))
        {
            view = view with { OutcomeTransaction = spender?.ToHex() };
        }

        return view;
    }

    private static Hash32? AnnouncementOf(CompetitionState state) => state switch
    {
        EventCreated created => created.Announcement,
        EntriesSubmitted submitted => submitted.Announcement,
        _ => Contracted.Of(state)?.Contract.Announcement,
    };
}
