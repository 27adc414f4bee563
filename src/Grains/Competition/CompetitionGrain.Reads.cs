using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What everybody may read.</summary>
public sealed partial class CompetitionGrain
{
    private readonly Dictionary<Txid, string> _transactions = [];

    public async Task<Answer<CompetitionView>> GetAsync()
    {
        var document = _committed;
        if (document.State is not { } state || document.Deleted)
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
        if (live.Chain.FundingSeen)
        {
            view = view with { FundingTransaction = await TransactionAsync(live.Contract.FundingTxid) };
        }

        if (live.Chain.Outcome is { } outcome)
        {
            view = view with { OutcomeTransaction = await TransactionAsync(outcome.Txid) };
        }

        return view;
    }

    /// <summary>A transaction never changes: the chain is asked once, however often strangers ask here.</summary>
    private async Task<string?> TransactionAsync(Txid txid)
    {
        if (!_transactions.TryGetValue(txid, out var hex)
            && (await services.ChainSource.FindTransactionAsync(txid, CancellationToken.None)).TryGet(out var found) && found is not null)
        {
            hex = _transactions[txid] = found.ToHex();
        }

        return hex;
    }

    private static Hash32? AnnouncementOf(CompetitionState state) => state switch
    {
        EventCreated created => created.Announcement,
        EntriesSubmitted submitted => submitted.Announcement,
        _ => Contracted.Of(state)?.Contract.Announcement,
    };
}
