using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Grains;
using Coordinator.Web;

namespace Coordinator.Gateway.Json;

/// <summary>One competition's whole story, for the operator.</summary>
internal static class StoryJson
{
    internal static void Write(Utf8JsonWriter json, StoryView story)
    {
        var view = story.Competition;
        var waiting = Waits.Of(view);
        json.WriteStartObject();
        json.WriteId("id", view.Submission.Id);
        json.WriteTime("created_at", view.CreatedAt);
        json.WriteString("state", view.State);
        json.WriteString("waits_for", waiting.For);
        json.WriteTime("since", waiting.Since);
        json.WriteString("reason", view.Reason);
        json.WriteString("outcome", view.Outcome);
        json.WriteNumber("tip", story.Tip);
        Write(json, "steps", story.Steps, step =>
        {
            json.WriteString("state", step.State);
            json.WriteTime("at", step.At);
        });
        Write(json, "work", story.Work, work => WriteWork(json, work));
        Write(json, "transactions", story.Transactions, transaction =>
        {
            json.WriteString("role", transaction.Role);
            json.WriteString("txid", transaction.Txid);
            json.WriteNumberOrNull("height", transaction.Height);
            json.WriteString("note", transaction.Note);
        });
        Write(json, "seats", story.Seats, seat => WriteSeat(json, seat));
        Write(json, "payouts", story.Payouts, payout => WritePayout(json, payout));
        Write(json, "owed_shares", story.Owed, owed => WriteOwed(json, owed));
        CompetitionJson.WriteOwed(json, view);
        HoldJson.WriteHolds(json, view);
        Write(json, "notices", story.Notices, notice =>
        {
            json.WriteString("code", notice.Code);
            json.WriteString("detail", notice.Detail);
            json.WriteTime("at", notice.At);
        });
        json.WriteEndObject();
    }

    private static void Write<T>(Utf8JsonWriter json, string name, ImmutableArray<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWork(Utf8JsonWriter json, WorkView work)
    {
        json.WriteString("effect", work.Effect);
        json.WriteTime("since", work.Since);
        json.WriteTime("until", work.Until);
        json.WriteTime("next_at", work.NextAt);
        json.WriteNumber("attempts", work.Attempts);
        json.WriteString("last_error", work.LastError);
    }

    private static void WriteSeat(Utf8JsonWriter json, SeatView seat)
    {
        json.WriteId("ticket_id", seat.Ticket);
        json.WriteString("stage", seat.Stage);
        json.WriteString("pubkey", seat.Player);
        json.WriteId("entry_id", seat.Entry);
        json.WriteTime("reserved_until", seat.ReservedUntil);
        json.WriteTime("paid_at", seat.PaidAt);
        json.WriteTime("settled_at", seat.SettledAt);
        json.WriteNumber("received_msat", seat.ReceivedMsat);
        json.WriteString("payment_hash", seat.PaymentHash);
    }

    private static void WritePayout(Utf8JsonWriter json, PayoutAttemptView payout)
    {
        json.WriteId("entry_id", payout.Entry);
        json.WriteString("payment_hash", payout.PaymentHash);
        json.WriteNumber("sats", payout.Sats);
        json.WriteString("stage", payout.Stage);
        json.WriteTime("at", payout.At);
        json.WriteTime("paid_at", payout.PaidAt);
        json.WriteNumber("fee_msat", payout.FeeMsat);
        json.WriteString("last_error", payout.LastError);
    }

    private static void WriteOwed(Utf8JsonWriter json, OwedShareView share)
    {
        json.WriteId("entry_id", share.Entry);
        json.WriteString("pubkey", share.Player);
        json.WriteNumber("sats", share.Sats);
        OwedJson.WriteWays(json, share);
    }
}
