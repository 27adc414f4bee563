using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>A document as a story, for the operator.</summary>
public static class StoryViews
{
    /// <summary>The whole story but the owed shares, which need a look at the contract.</summary>
    public static StoryView Of(CompetitionDocument document, ImmutableArray<OwedShareView> owed)
    {
        var state = document.State ?? throw new ArgumentException("the competition does not exist", nameof(document));
        var live = (state as LiveState)?.Live;
        return new StoryView(
            CompetitionViews.Lean(document),
            Steps(document, state),
            [.. document.History.Ended.Select(Ended), .. document.Intents.Select(Wanted)],
            Transactions(state),
            [.. state.Header.Roster.Tickets.Select(Seat)],
            [.. live?.Payouts.Select(Payout) ?? []],
            owed,
            [.. state.Header.Notices.Select(notice => new NoticeView(notice.Code, notice.Detail, notice.At))],
            live?.Chain.Tip ?? state.Header.EscrowTip);
    }

    /// <summary>What older code did not write down is read from the marks that steps have left.</summary>
    private static ImmutableArray<StepView> Steps(CompetitionDocument document, CompetitionState state)
    {
        var written = document.History.Steps;
        var marks = state.Header.Stamps
            .Select(stamp => new StepView(stamp.Name.EndsWith("_at", StringComparison.Ordinal) ? stamp.Name[..^3] : stamp.Name, stamp.At))
            .Where(mark => written.IsEmpty || mark.At < written[0].At)
            .OrderBy(mark => mark.At)
            .ToList();
        var isWhole = written.FirstOrDefault()?.State == "created" && marks.Count == 0;
        return
        [
            .. isWhole ? [] : new[] { new StepView("created", state.Header.CreatedAt) },
            .. isWhole ? [] : marks,
            .. written.Select(step => new StepView(step.State, step.At)),
        ];
    }

    private static WorkView Ended(StoredWork work) => new(work.Effect, work.Since, work.Until, null, work.Attempts, work.LastError);

    private static WorkView Wanted(Intent intent) => new(
        intent.Effect.Key, intent.Since, null, intent.NotBefore, intent.Attempts, intent.LastError == Intent.Done ? null : intent.LastError);

    private static SeatView Seat(Ticket ticket) => new(
        ticket.Id,
        ticket.Stage switch
        {
            TicketStage.Free => "free",
            TicketStage.Reserved => "reserved",
            TicketStage.Paid => "paid",
            TicketStage.Rotating => "rotating",
            TicketStage.Settled => "settled",
            TicketStage.Canceled => "canceled",
        },
        ticket.Holder?.ToHex(),
        ticket.Entry?.Id,
        ticket.ReservedUntil,
        ticket.PaidAt,
        ticket.SettledAt,
        ticket.ReceivedMsat,
        ticket.Hash.ToString());

    private static PayoutAttemptView Payout(Payout payout) => new(
        payout.Entry,
        payout.PaymentHash.ToString(),
        payout.Amount.Value,
        payout.Stage switch
        {
            PayoutStage.Intended => "intended",
            PayoutStage.InFlight => "in_flight",
            PayoutStage.Paid => "paid",
            PayoutStage.Failed => "failed",
        },
        payout.At,
        payout.PaidAt,
        payout.FeeMsat,
        payout.LastError);

    private static ImmutableArray<StoryTransactionView> Transactions(CompetitionState state)
    {
        var found = ImmutableArray.CreateBuilder<StoryTransactionView>();
        foreach (var ticket in state.Header.Roster.Tickets.Where(ticket => ticket.Escrow is not null))
        {
            AddEscrow(found, ticket, ticket.Escrow!);
        }

        if (state is LiveState { Live: { } live })
        {
            AddLive(found, live);
        }
        else if (Contracted.Of(state) is { Contract: { } contract })
        {
            found.Add(new("funding", contract.FundingTxid.ToString(), null, "made, not sent"));
        }

        return found.ToImmutable();
    }

    private static void AddEscrow(ImmutableArray<StoryTransactionView>.Builder found, Ticket ticket, TicketEscrow escrow)
    {
        found.Add(new("escrow", escrow.OutPoint.Txid.ToString(), escrow.Sight.Height, escrow.MayBeOut ? $"of ticket {ticket.Id}" : $"of ticket {ticket.Id}; made, not sent"));
        foreach (var spender in new[] { escrow.Sight.Spender, escrow.Sight.Conflict }.OfType<EscrowSpender>())
        {
            found.Add(new("escrow_spend", spender.Txid.ToString(), spender.Height, $"of ticket {ticket.Id}: {spender.Path?.ToString() ?? "another transaction"}"));
        }
    }

    private static void AddLive(ImmutableArray<StoryTransactionView>.Builder found, Live live)
    {
        var chain = live.Chain;
        found.Add(new("funding", live.Contract.FundingTxid.ToString(), chain.FundingHeight, chain.FundingSeen ? "the pool" : "the pool; not seen on the chain yet"));
        if (chain.FundingConflict is { } conflict)
        {
            found.Add(new("funding_conflict", conflict.ToString(), null, "spends a coin of the funding transaction instead"));
        }

        if (chain.Outcome is { } outcome)
        {
            var (role, note) = outcome.Kind switch
            {
                OutcomeSpendKind.Attested => ("outcome", $"att{outcome.Outcome}"),
                OutcomeSpendKind.Expiry => ("expiry", "no attestation came in time"),
                OutcomeSpendKind.Foreign => ("foreign", "spends the pool; none of the contract's"),
            };
            found.Add(new(role, outcome.Txid.ToString(), outcome.Height, note));
        }

        if (chain.Split is { } split)
        {
            found.Add(new(split.Kind.ToString().ToLowerInvariant(), split.Txid.ToString(), split.Height, "spends the outcome's output"));
        }

        foreach (var share in chain.Shares)
        {
            found.Add(new("share", share.Txid.ToString(), share.Height, $"of player {share.Winner}: {Way(share.Kind)}"));
        }

        foreach (var bump in live.Bumps)
        {
            found.Add(new("bump", bump.Txid.ToString(), null, $"helps {bump.Parent}, {bump.Fee.Value} sat"));
        }
    }

    private static string Way(ShareSpendKind kind) => kind switch
    {
        ShareSpendKind.Win => "taken by the winner",
        ShareSpendKind.Close => "to the coordinator with the winner's key",
        ShareSpendKind.SellBack => "to the coordinator with the payout preimage",
        ShareSpendKind.Reclaim => "taken back by the coordinator",
        ShareSpendKind.Foreign => "none of the contract's",
    };
}
