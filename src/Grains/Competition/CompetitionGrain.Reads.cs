using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What everybody may read.</summary>
public sealed partial class CompetitionGrain
{
    private readonly Dictionary<Txid, string> _transactions = [];
    private (Hash32 Hash, AnnouncementRecord Record, string Text)? _announcement;

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
            view = view with { EventAnnouncement = (await AnnouncementAsync(hash)).Text };
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

    /// <summary>An announcement never changes either: it is read once, however often it is shown.</summary>
    private async Task<(Hash32 Hash, AnnouncementRecord Record, string Text)> AnnouncementAsync(Hash32 hash)
    {
        if (_announcement is not { } known || known.Hash != hash)
        {
            var record = AnnouncementRecord.Parse(await services.Artefacts.GetAsync(hash));
            _announcement = known = (hash, record, record.ToPublicJson());
        }

        return known;
    }

    private static Hash32? AnnouncementOf(CompetitionState state) => state switch
    {
        EventCreated created => created.Announcement,
        EntriesSubmitted submitted => submitted.Announcement,
        _ => Contracted.Of(state)?.Contract.Announcement,
    };
}
