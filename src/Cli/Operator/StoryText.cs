using System.Text.Json;

namespace Coordinator.Cli.Operator;

/// <summary>One competition's story as an operator reads it: what it waits for, its states, work, transactions, seats, payouts, debts and holds.</summary>
internal sealed class StoryText(JsonElement story, DateTimeOffset now)
{
    private const int LongestText = 90;

    /// <summary>Everything, in lines; what there is none of is left out.</summary>
    public IEnumerable<string> Lines()
        => [Wait(), .. States(), .. Work(), .. Transactions(), .. Seats(), .. Payouts(), .. Shares(), .. Owed(), .. Holds(), .. Notices()];

    private string Wait()
        => $"{"waits for",-10}  {Wording.Clean(Wording.Text(story, "waits_for") ?? "nothing")}"
            + (Wording.Time(story, "since") is { } since ? $", since {Wording.When(since, now)}" : string.Empty);

    private IEnumerable<string> States()
    {
        DateTimeOffset? before = null;
        return Section("states", ["STATE", "SINCE", "AFTER"], "steps", step =>
        {
            var (at, earlier) = (Wording.Time(step, "at"), before);
            before = at;
            return [Wording.Text(step, "state"), At(step, "at"), at is not null && earlier is not null ? $"+{Wording.Span(at.Value - earlier.Value)}" : string.Empty];
        });
    }

    private IEnumerable<string> Work()
        => Section("work", ["EFFECT", "SINCE", "DONE", "TRIES", "NEXT", "LAST ERROR"], "work", work =>
            [Wording.Text(work, "effect"), Age(work, "since"), Age(work, "until"), Wording.Text(work, "attempts"), Age(work, "next_at"), Wording.Text(work, "last_error")]);

    private IEnumerable<string> Transactions()
        => Section("transactions", ["WHAT", "TXID", "BLOCK", "NOTE"], "transactions", transaction =>
            [Wording.Text(transaction, "role"), Wording.Text(transaction, "txid"), Wording.Text(transaction, "height"), Wording.Text(transaction, "note")]);

    private IEnumerable<string> Seats()
        => Section("seats", ["TICKET", "STAGE", "PAID", "SETTLED", "MSAT", "ENTRY"], "seats", seat =>
        [
            Wording.Text(seat, "ticket_id"), Wording.Text(seat, "stage"), Age(seat, "paid_at"), Age(seat, "settled_at"),
            Wording.Sats(Wording.Number(seat, "received_msat") ?? 0), Wording.Text(seat, "entry_id"),
        ]);

    private IEnumerable<string> Payouts()
        => Section("payouts", ["ENTRY", "SAT", "STAGE", "ASKED", "PAID", "LAST ERROR"], "payouts", payout =>
        [
            Wording.Text(payout, "entry_id"), Sats(payout), Wording.Text(payout, "stage"), Age(payout, "at"), Age(payout, "paid_at"), Wording.Text(payout, "last_error"),
        ]);

    private IEnumerable<string> Shares()
        => Section("shares not taken", ["ENTRY", "SAT", "WAY", "PAYABLE UNTIL", "CLAIMABLE FROM", "TAKEN BACK FROM"], "owed_shares", share =>
        [
            Wording.Text(share, "entry_id"), Sats(share), Wording.Text(share, "way"), Wording.Text(share, "payable_until_height"),
            Wording.Text(share, "claimable_from_height"), Wording.Text(share, "reclaimable_from_height") ?? "never",
        ]);

    private IEnumerable<string> Owed()
        => Section("owed", ["TICKET", "ENTRY", "SAT", "WHY"], "owed", owed =>
            [Wording.Text(owed, "ticket_id"), Wording.Text(owed, "entry_id"), Sats(owed), Wording.Text(owed, "why")]);

    private IEnumerable<string> Holds()
        => Section("holds", ["HOLD", "SINCE", "SAT", "WHAT", "RELEASED"], "holds", hold =>
            [Wording.Text(hold, "id"), Age(hold, "since"), Sats(hold), Wording.Text(hold, "detail"), Age(hold, "released_at")]);

    private IEnumerable<string> Notices()
        => Section("odd things that were seen", ["WHEN", "CODE", "WHAT"], "notices", notice =>
            [At(notice, "at"), Wording.Text(notice, "code"), Wording.Text(notice, "detail")]);

    private IEnumerable<string> Section(string title, string[] columns, string member, Func<JsonElement, string?[]> cells)
    {
        var table = new TextTable([.. columns.Select(name => new TableColumn(name, LongestText, name is "SAT" or "MSAT" or "TRIES" or "BLOCK" or "AFTER"))]);
        foreach (var item in Wording.List(story, member))
        {
            table.Add(cells(item));
        }

        return table.Count == 0 ? [] : [string.Empty, $"{title}:", .. table.Lines()];
    }

    private string? Age(JsonElement of, string member) => Wording.Time(of, member) is { } time ? Wording.Age(time, now) : null;

    private static string? At(JsonElement of, string member) => Wording.Time(of, member) is { } time ? Wording.Moment(time) : null;

    private static string Sats(JsonElement of) => Wording.Sats(Wording.Number(of, "sats") ?? 0);
}
