using System.Collections.Immutable;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>One competition from its creation on.</summary>
internal static class StoryPage
{
    private const int MostWork = 60;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/admin/competitions/{id}", async call =>
        {
            var story = (await call.Competition(call.Id("id")).StoryAsync()).OrRefuse();
            var (id, content) = (story.Competition.Submission.Id, Content(call, story));
            return new PageReply.Whole(
                $"Competition {id.ToString("D")[..8]}",
                Waits.IsOver(story.Competition) ? content : Parts.Polled("story", $"/admin/pieces/competitions/{id:D}", 5, content));
        });
        routes.MapPiece("/admin/pieces/competitions/{id}", async call => Content(call, (await call.Competition(call.Id("id")).StoryAsync()).OrRefuse()));
    }

    private static Markup Actions(CompetitionView view) => view switch
    {
        { Deleted: true } => Html.Of($"deleted"),
        { State: "cancelled" } => Html.Of($"""<a class="button danger" href="/admin/competitions/{view.Submission.Id}/delete">Delete…</a>"""),
        { State: "created" or "entries_collected" or "escrow_funds_confirmed" or "event_created" or "entries_submitted" or "contract_created" or "awaiting_signatures" or "signing_complete" }
            => Html.Of($"""<a class="button danger" href="/admin/competitions/{view.Submission.Id}/cancel">Cancel…</a>"""),
        _ => Markup.None,
    };

    private static Markup Content(PageCall call, StoryView story)
    {
        var explorer = call.Services.GetRequiredService<Explorer>();
        return Html.Of(
            $"""
            {Head(call, story)}
            {Troubles(call, story)}
            <div class="columns">
            {Parts.Section("steps", "States", Steps(call, story))}
            {Parts.Section("terms", "Terms", Terms(call, story.Competition))}
            </div>
            {Parts.Section("transactions", "Transactions", Transactions(explorer, story))}
            {Parts.Section("seats", "Seats", Seats(call, story))}
            {Html.If(!story.Payouts.IsEmpty, () => Parts.Section("payouts", "Payouts", Payouts(call, story)))}
            {Parts.Section("work", "Effects", Work(call, story))}
            """);
    }

    private static Markup Head(PageCall call, StoryView story)
    {
        var view = story.Competition;
        var waiting = Waits.Of(view);
        return Html.Of(
            $"""
            <div class="heading"><p class="lead">{CompetitionsPage.StatePill(view)} {(waiting.IsForNothing ? "Waits for nothing any more" : $"Waits for {waiting.For}")}; in this state since {Show.Time(waiting.Since, call.Now)}.</p><div class="actions">{Actions(view)}</div></div>
            {Html.If(view.Reason is not null, () => Html.Of($"""<p class="notice warning"><strong>Reason.</strong> {view.Reason}</p>"""))}
            {Parts.Cards(
                Parts.Card("Seats paid", Html.Of($"{view.Totals.PaidEntries} of {view.Submission.TotalAllowedEntries}")),
                Parts.Card("Pool", Show.Sats(view.Submission.TotalCompetitionPool)),
                Parts.Card("Ticket", Show.Sats(view.TicketPrice), hint: $"with {Show.Grouped(view.NetworkFee)} sat for the chain"),
                Parts.Card("Outcome", Html.Of($"{view.Outcome ?? "–"}")),
                Parts.Card("Winners paid", Html.Of($"{view.Totals.PaidOutEntries}")),
                Parts.Card("Chain seen at", Html.Of($"{(story.Tip == 0 ? "–" : $"block {story.Tip}")}")))}
            """);
    }

    /// <summary>What waits for the operator, and what was odd.</summary>
    private static Markup Troubles(PageCall call, StoryView story)
    {
        var view = story.Competition;
        return Html.Of(
            $"""
            {Html.If(!view.Holds.IsEmpty, () => Parts.Section("holds", "Holds", HoldsPage.Table(call, "Holds of this competition", view.Holds)))}
            {Html.If(!view.Owed.IsEmpty || !story.Owed.IsEmpty, () => Parts.Section("owed", "Owed", OwedPage.Tables(
                call, [.. view.Owed.Select(owed => (view, owed))], [.. story.Owed.Select(share => (view, share))])))}
            {Html.If(!story.Notices.IsEmpty, () => Parts.Section("notices", "Notices", Parts.Table(
                "Odd things that were seen", ["Code", "What", "When"],
                story.Notices.Select(notice => new[] { Html.Of($"<code>{notice.Code}</code>"), Html.Text(notice.Detail), Show.Time(notice.At, call.Now) }), "None.")))}
            """);
    }

    private static Markup Steps(PageCall call, StoryView story)
        => Html.Of($"""<ol class="steps">{story.Steps.Select((step, index) => Step(call, story, step, index))}</ol>""");

    private static Markup Step(PageCall call, StoryView story, StepView step, int index)
    {
        var isLast = index == story.Steps.Length - 1;
        var lasted = isLast ? Markup.None : Html.Of($""" <span class="quiet">· lasted {Show.Length(story.Steps[index + 1].At - step.At)}</span>""");
        return Html.Of($"""<li{(isLast ? new Markup(" aria-current=\"step\"") : Markup.None)}><span class="step">{Show.Word(step.State)}</span> {Show.Time(step.At, call.Now)}{lasted}</li>""");
    }

    private static Markup Terms(PageCall call, CompetitionView view)
    {
        var terms = view.Submission;
        return Parts.List(
        [
            ("Id", Html.Of($"<code>{terms.Id}</code>")),
            ("Created", Show.Time(view.CreatedAt, call.Now)),
            ("Observation", Html.Of($"{Show.Time(terms.StartObservationDate, call.Now)} to {Show.Time(terms.EndObservationDate, call.Now)}")),
            ("Attested", Show.Time(terms.SigningDate, call.Now)),
            ("Stations", Html.Text(string.Join(", ", terms.Locations))),
            ("Picks per entry", Html.Of($"{terms.NumberOfValuesPerEntry}")),
            ("Winners", Html.Of($"{terms.NumberOfPlacesWin} of {terms.TotalAllowedEntries}")),
            ("Entry fee", Html.Of($"{Show.Sats(terms.EntryFee)}, {terms.CoordinatorFeePercentage} % to the coordinator")),
            ("Relative lock time", Html.Of($"{(terms.RelativeLocktimeBlockDelta is { } delta ? $"{delta} blocks" : "the network's default")}")),
            ("Settlement depth", Html.Of($"{(terms.SettlementDepth is { } depth ? $"{depth}" : "the service's default")}")),
            ("Escrow", Html.Of($"{(terms.Escrow ? $"yes, back after {terms.EscrowRefundBlocks} blocks" : "no")}")),
            ("Fee bumps", view.Bumps is { } bumps ? Html.Of($"{bumps.Number} for {Show.Sats(bumps.FeesSats)}, {Show.Sats(bumps.ReserveSats)} kept for them") : Html.Of($"–")),
        ]);
    }

    private static Markup Transactions(Explorer explorer, StoryView story) => Parts.Table(
        "Transactions",
        ["What", "Transaction", "#Block", "Note"],
        story.Transactions.Select(transaction => new[]
        {
            Html.Text(Show.Word(transaction.Role)),
            explorer.Transaction(transaction.Txid),
            transaction.Height is { } height ? Html.Of($"{height}") : Html.Of($"–"),
            Html.Text(transaction.Note),
        }),
        "Nothing is on chain, and nothing is made yet.");

    private static Markup Seats(PageCall call, StoryView story) => Parts.Table(
        "Seats",
        ["Ticket", "Stage", "Player", "Entry", "Paid", "Settled", "#Received"],
        story.Seats.Select(seat => new[]
        {
            Show.Id(seat.Ticket),
            Parts.Pill(seat.Stage, seat.Stage switch { "settled" => Tone.Good, "paid" or "reserved" => Tone.Waiting, "rotating" => Tone.Warning, _ => Tone.Plain }),
            Show.Id(seat.Player),
            Show.Id(seat.Entry),
            Show.Ago(seat.PaidAt, call.Now),
            Show.Ago(seat.SettledAt, call.Now),
            seat.ReceivedMsat == 0 ? Html.Of($"–") : Show.Msat(seat.ReceivedMsat),
        }),
        "No seats.");

    private static Markup Payouts(PageCall call, StoryView story) => Parts.Table(
        "Attempts to pay winners",
        ["Entry", "Stage", "#Share", "#Routing fee", "Asked", "Paid", "Payment hash", "Last error"],
        story.Payouts.Select(payout => new[]
        {
            Show.Id(payout.Entry),
            Parts.Pill(Show.Word(payout.Stage), payout.Stage switch { "paid" => Tone.Good, "failed" => Tone.Bad, _ => Tone.Waiting }),
            Show.Sats(payout.Sats),
            Show.Msat(payout.FeeMsat),
            Show.Ago(payout.At, call.Now),
            Show.Ago(payout.PaidAt, call.Now),
            Show.Id(payout.PaymentHash),
            Html.Text(payout.LastError),
        }),
        "None.");

    /// <summary>What is wanted now first, then the newest of what has ended.</summary>
    private static Markup Work(PageCall call, StoryView story)
    {
        var wanted = story.Work.Where(work => work.Until is null).ToImmutableArray();
        var ended = story.Work.Where(work => work.Until is not null).Reverse().ToImmutableArray();
        return Parts.Table(
            ended.Length > MostWork ? $"Effects: {wanted.Length} pending, the newest {MostWork} of {ended.Length} ended" : $"Effects: {wanted.Length} pending, {ended.Length} ended",
            ["Effect", "State", "#Attempts", "Wanted", "Ended or next try", "Last said"],
            wanted.Concat(ended.Take(MostWork)).Select(work => new[]
            {
                Html.Of($"""<span title="{work.Effect}">{Show.Word(work.Effect.Split('/')[0])}</span> {Subject(work.Effect)}"""),
                work.Until is not null ? Parts.Pill(work.Attempts == 0 ? "not needed" : "done", work.Attempts == 0 ? Tone.Plain : Tone.Good)
                    : Parts.Pill("pending", work.Attempts > 2 ? Tone.Warning : Tone.Waiting),
                Html.Of($"{work.Attempts}"),
                Show.Ago(work.Since, call.Now),
                Show.Ago(work.Until ?? work.NextAt, call.Now),
                Html.Text(work.LastError),
            }),
            "Nothing was done yet.");
    }

    private static Markup Subject(string effect)
        => effect.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? Show.Id(effect[(slash + 1)..]) : Markup.None;
}
