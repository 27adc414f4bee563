using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>What the operator sees over all competitions: what does not go on, and where money is.</summary>
internal sealed class OperatorJson(ImmutableArray<CompetitionView> views)
{
    /// <summary>Tickets are paid and nothing of them is taken: the payments are held.</summary>
    private static readonly string[] Holding =
    [
        "created", "entries_collected", "escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created", "awaiting_signatures",
        "signing_complete", "funding_broadcasted", "funding_confirmed",
    ];

    /// <summary>The pool is on chain and its end is not decided at depth.</summary>
    private static readonly string[] Pooled =
    [
        "funding_broadcasted", "funding_confirmed", "funding_settled", "awaiting_attestation", "attested", "expiry_broadcasted", "outcome_broadcasted",
        "delta_broadcasted", "failed",
    ];

    /// <summary>Competitions that failed, owe somebody, or try something again and again.</summary>
    internal void WriteProblems(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var view in views.Where(view => view.State == "failed" || !view.Owed.IsEmpty || !view.Notices.IsEmpty || view.Pending.Any(pending => pending.LastError is not null)))
        {
            json.WriteStartObject();
            json.WriteId("id", view.Submission.Id);
            json.WriteString("state", view.State);
            json.WriteString("reason", view.Reason);
            CompetitionJson.WriteNotices(json, view);
            CompetitionJson.WriteOwed(json, view);
            CompetitionJson.WritePendingList(json, view);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Satoshis that are held, pooled or owed, in all and by competition.</summary>
    internal void WriteFunds(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("held_sats", views.Sum(Held));
        json.WriteNumber("pooled_sats", views.Sum(Pool));
        json.WriteNumber("owed_sats", views.Sum(Owed));
        json.WriteStartArray("competitions");
        foreach (var view in views.Where(view => Held(view) + Pool(view) + Owed(view) > 0))
        {
            json.WriteStartObject();
            json.WriteId("id", view.Submission.Id);
            json.WriteString("state", view.State);
            json.WriteNumber("held_sats", Held(view));
            json.WriteNumber("pooled_sats", Pool(view));
            json.WriteNumber("owed_sats", Owed(view));
            if (view.Bumps is { } bumps)
            {
                json.WriteNumber("bumps", bumps.Number);
                json.WriteNumber("bump_fees_sats", bumps.FeesSats);
                json.WriteNumber("bump_reserve_sats", bumps.ReserveSats);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static long Held(CompetitionView view) => Holding.Contains(view.State) ? view.TicketPrice * view.Totals.PaidEntries : 0;

    private static long Pool(CompetitionView view) => Pooled.Contains(view.State) ? view.Submission.TotalCompetitionPool : 0;

    private static long Owed(CompetitionView view) => view.Owed.Sum(owed => owed.Sats);
}
