using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>The caller's own entry (http-api §9.1): picks not made are omitted, secrets never filled, <c>payout</c> after the old
/// members.</summary>
internal static class EntryJson
{
    internal static void Write(Utf8JsonWriter json, EntryView view)
    {
        json.WriteStartObject();
        json.WriteId("id", view.Id);
        json.WriteId("event_id", view.EventId);
        json.WriteId("ticket_id", view.TicketId);
        json.WriteString("pubkey", view.Pubkey);
        json.WriteString("ephemeral_pubkey", view.EphemeralPubkey);
        json.WriteString("ephemeral_privatekey_encrypted", view.EphemeralPrivatekeyEncrypted);
        json.WriteString("payout_hash", view.PayoutHash);
        json.WriteString("payout_preimage_encrypted", view.PayoutPreimageEncrypted);
        WriteSubmission(json, view);
        json.WriteNulls(
            "ephemeral_privatekey", "payout_preimage", "encrypted_keymeld_private_key", "keymeld_auth_pubkey",
            "public_nonces", "funding_psbt_base64", "partial_signatures");
        json.WriteTime("signed_at", view.SignedAt);
        json.WriteTime("paid_at", view.PaidAt);
        json.WriteTime("sellback_broadcasted_at", view.SellbackBroadcastedAt);
        json.WriteTime("reclaimed_broadcasted_at", view.ReclaimedBroadcastedAt);
        json.WriteTime("paid_out_at", view.PaidOutAt);
        json.WriteString("payout_ln_invoice", view.PayoutLnInvoice);
        WritePayout(json, view.Payout);
        json.WriteEndObject();
    }

    private static void WriteSubmission(Utf8JsonWriter json, EntryView view)
    {
        json.WriteStartObject("entry_submission");
        json.WriteId("id", view.Id);
        json.WriteId("event_id", view.EventId);
        json.WriteStartArray("expected_observations");
        foreach (var picks in view.Picks)
        {
            json.WriteStartObject();
            json.WriteString("stations", picks.Stations);
            WritePick(json, "wind_speed", picks.WindSpeed);
            WritePick(json, "temp_high", picks.TempHigh);
            WritePick(json, "temp_low", picks.TempLow);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePick(Utf8JsonWriter json, string name, string? pick)
    {
        if (pick is not null)
        {
            json.WriteString(name, pick);
        }
    }

    private static void WritePayout(Utf8JsonWriter json, PayoutStatusView? payout)
    {
        if (payout is null)
        {
            json.WriteNull("payout");
            return;
        }

        json.WriteStartObject("payout");
        json.WriteNumberOrNull("share_sats", payout.ShareSats);
        json.WriteString("stage", payout.Stage);
        json.WriteString("last_error", payout.LastError);
        json.WriteNumberOrNull("cltv_limit", payout.CltvLimit);
        json.WriteBoolean("key_held", payout.KeyHeld);
        if (payout.Owed is { } owed)
        {
            json.WriteStartObject("owed");
            OwedJson.WriteWays(json, owed);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("owed");
        }
        json.WriteEndObject();
    }
}
