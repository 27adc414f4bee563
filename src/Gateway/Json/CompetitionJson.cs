using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>
/// A competition as anybody may see it (http-api §7.3): every member of the old API in its order, the contract's own members always null
/// (S12), and ours after them.
/// </summary>
internal static class CompetitionJson
{
    private static readonly string[] Stamps =
    [
        "cancelled_at", "contracted_at", "signed_at", "event_created_at", "entries_submitted_at", "escrow_funds_confirmed_at",
        "funding_broadcasted_at", "funding_confirmed_at", "funding_settled_at", "awaiting_attestation_at", "expiry_broadcasted_at",
        "outcome_broadcasted_at", "delta_broadcasted_at", "completed_at", "failed_at", "keymeld_keygen_completed_at",
    ];

    internal static void Write(Utf8JsonWriter json, CompetitionView view) => Write(json, view, inList: false);

    /// <summary>For the operator: what is being tried and why it has not ended.</summary>
    internal static void WritePending(Utf8JsonWriter json, CompetitionView view)
    {
        json.WriteStartObject();
        json.WriteString("state", view.State);
        json.WriteString("reason", view.Reason);
        WritePendingList(json, view);
        json.WriteEndObject();
    }

    internal static void WritePendingList(Utf8JsonWriter json, CompetitionView view)
    {
        json.WriteStartArray("pending");
        foreach (var pending in view.Pending)
        {
            json.WriteStartObject();
            json.WriteString("effect", pending.Effect);
            json.WriteNumber("attempts", pending.Attempts);
            json.WriteString("last_error", pending.LastError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One item of a list: without the announcement, which can be large.</summary>
    internal static void WriteLean(Utf8JsonWriter json, CompetitionView view) => Write(json, view, inList: true);

    private static void Write(Utf8JsonWriter json, CompetitionView view, bool inList)
    {
        json.WriteStartObject();
        json.WriteId("id", view.Submission.Id);
        json.WriteTime("created_at", view.CreatedAt);
        json.WritePropertyName("event_submission");
        WriteSubmission(json, view.Submission);
        json.WriteNumber("total_entries", view.Totals.Entries);
        json.WriteNumber("total_entry_nonces", view.Totals.EntryNonces);
        json.WriteNumber("total_signed_entries", view.Totals.SignedEntries);
        json.WriteNumber("total_paid_entries", view.Totals.PaidEntries);
        json.WriteNumber("total_paid_out_entries", view.Totals.PaidOutEntries);
        json.WriteEmbedded("event_announcement", inList ? null : view.EventAnnouncement);
        TransactionJson.Write(json, "funding_transaction", view.FundingTransaction);
        json.WriteString("funding_outpoint", view.FundingOutpoint);
        json.WriteNull("funding_psbt_base64");
        TransactionJson.Write(json, "outcome_transaction", view.OutcomeTransaction);
        json.WriteNulls("contract_parameters", "public_nonces", "aggregated_nonces", "partial_signatures", "signed_contract");
        json.WriteString("attestation", view.Attestation);
        foreach (var name in Stamps)
        {
            json.WriteTime(name, view.Stamps.FirstOrDefault(stamp => stamp.Name == name)?.At);
        }

        WriteNotices(json, view);
        json.WriteString("state", view.State);
        WriteOurs(json, view);
        json.WriteEndObject();
    }

    private static void WriteSubmission(Utf8JsonWriter json, CreateCompetition terms)
    {
        json.WriteStartObject();
        json.WriteId("id", terms.Id);
        json.WriteTime("signing_date", terms.SigningDate);
        json.WriteTime("start_observation_date", terms.StartObservationDate);
        json.WriteTime("end_observation_date", terms.EndObservationDate);
        json.WriteTexts("locations", terms.Locations);
        json.WriteNumber("number_of_values_per_entry", terms.NumberOfValuesPerEntry);
        json.WriteNumber("number_of_places_win", terms.NumberOfPlacesWin);
        json.WriteNumber("total_allowed_entries", terms.TotalAllowedEntries);
        json.WriteNumber("entry_fee", terms.EntryFee);
        json.WriteNumber("coordinator_fee_percentage", terms.CoordinatorFeePercentage);
        json.WriteNumber("total_competition_pool", terms.TotalCompetitionPool);
        json.WriteNumberOrNull("relative_locktime_block_delta", terms.RelativeLocktimeBlockDelta);
        json.WriteEndObject();
    }

    private static void WriteOurs(Utf8JsonWriter json, CompetitionView view)
    {
        json.WriteNumber("ticket_price_sats", view.TicketPrice);
        json.WriteNumber("network_fee_sats", view.NetworkFee);
        json.WriteNumberOrNull("settlement_depth", view.Submission.SettlementDepth);
        json.WriteNumberOrNull("escrow_refund_blocks", view.Submission.Escrow ? view.Submission.EscrowRefundBlocks : null);
        json.WriteString("outcome", view.Outcome);
        json.WriteString("reason", view.Reason);
        WriteOwed(json, view);
        HoldJson.WriteHolds(json, view);
    }

    /// <summary>Under the old API's name.</summary>
    internal static void WriteNotices(Utf8JsonWriter json, CompetitionView view) => json.WriteTexts("errors", view.Notices);

    internal static void WriteOwed(Utf8JsonWriter json, CompetitionView view)
    {
        json.WriteStartArray("owed");
        foreach (var owed in view.Owed)
        {
            json.WriteStartObject();
            json.WriteId("ticket_id", owed.Ticket);
            json.WriteId("entry_id", owed.Entry);
            json.WriteNumber("sats", owed.Sats);
            json.WriteString("why", owed.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
