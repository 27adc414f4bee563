using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>A ticket request's answer (http-api §8.1), ours after the old API's members.</summary>
internal static class TicketJson
{
    internal static void Write(Utf8JsonWriter json, TicketView view)
    {
        json.WriteStartObject();
        json.WriteId("ticket_id", view.TicketId);
        json.WriteString("payment_request", view.PaymentRequest);
        json.WriteNull("escrow_tx");
        json.WriteString("payment_hash", view.PaymentHash);
        json.WriteNumber("amount_sats", view.AmountSats);
        json.WriteId("keymeld_user_id", view.TicketId);
        json.WriteNulls("keymeld_gateway_url", "keymeld_session_id", "keymeld_enclave_public_key");
        json.WriteNumber("network_fee_sats", view.NetworkFeeSats);
        json.WriteId("entry_id", view.EntryId);
        json.WriteTime("reserved_until", view.ReservedUntil);
        json.WriteEndObject();
    }
}
