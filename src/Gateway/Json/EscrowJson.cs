using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>A ticket's escrow: part of the ticket's answer, and an answer of its own.</summary>
internal static class EscrowJson
{
    internal static void Write(Utf8JsonWriter json, EscrowView view)
    {
        json.WriteStartObject();
        json.WriteId("ticket_id", view.TicketId);
        json.WriteString("transaction", view.Transaction);
        json.WriteString("outpoint", view.Outpoint);
        json.WriteNumber("value_sats", view.Value);
        json.WriteString("descriptor", view.Descriptor);
        json.WriteString("witness_script", view.WitnessScript);
        json.WriteString("coordinator_pubkey", view.Coordinator);
        json.WriteNumber("refund_blocks", view.RefundBlocks);
        json.WriteBoolean("sent", view.Sent);
        json.WriteNumberOrNull("height", view.Height);
        json.WriteString("spent_by", view.SpentBy);
        json.WriteString("spent_how", view.SpentHow);
        json.WriteBoolean("signed", view.Signed);
        json.WriteBoolean("may_take_back", view.MayTakeBack);
        json.WriteNumberOrNull("refund_opens_at", view.RefundOpensAt);
        json.WriteString("ticket_preimage", view.TicketPreimage);
        json.WriteEndObject();
    }
}
