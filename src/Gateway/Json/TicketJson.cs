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
        json.WriteString("escrow_tx", view.Escrow?.Transaction);
        json.WriteString("payment_hash", view.PaymentHash);
        json.WriteNumber("amount_sats", view.AmountSats);
        json.WriteId("keymeld_user_id", view.TicketId);
        json.WriteString("keymeld_gateway_url", view.Keymeld?.GatewayUrl);
        json.WriteId("keymeld_session_id", view.Keymeld?.SessionId);
        json.WriteString("keymeld_enclave_public_key", view.Keymeld?.EnclavePublicKey);
        json.WriteNumber("network_fee_sats", view.NetworkFeeSats);
        json.WriteId("entry_id", view.EntryId);
        json.WriteTime("reserved_until", view.ReservedUntil);
        if (view.Keymeld is { } keymeld)
        {
            json.WriteNumber("keymeld_enclave_id", keymeld.EnclaveId);
            json.WriteNumber("keymeld_enclave_key_epoch", keymeld.EnclaveKeyEpoch);
        }

        if (view.Escrow is { } escrow)
        {
            json.WritePropertyName("escrow");
            EscrowJson.Write(json, escrow);
        }

        json.WriteEndObject();
    }
}
