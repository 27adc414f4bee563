using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>What a participant may read of the contract (http-api §10.1, D9 to D11).</summary>
internal static class ContractJson
{
    internal static void Write(Utf8JsonWriter json, ContractView view)
    {
        json.WriteStartObject();
        json.WriteEmbedded("contract_params", view.ContractParameters);
        json.WriteString("funding_outpoint", view.FundingOutpoint);
        json.WriteString("funding_psbt_base64", view.FundingPsbt);
        WriteKeymeld(json, view.Keymeld);
        json.WriteEmbedded("announcement", view.Announcement);
        json.WriteStartObject("round");
        json.WriteNumber("number", view.RoundNumber);
        json.WriteString("id", view.RoundId);
        json.WriteEndObject();
        json.WriteStartArray("entries");
        foreach (var entry in view.Entries)
        {
            WriteEntry(json, entry);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Left out where players sign themselves; the secret is left out where it is not to be had.</summary>
    private static void WriteKeymeld(Utf8JsonWriter json, ContractKeymeldView? keymeld)
    {
        if (keymeld is null)
        {
            return;
        }

        json.WriteStartObject("keymeld");
        json.WriteBoolean("enabled", true);
        json.WriteString("gateway_url", keymeld.GatewayUrl);
        json.WriteId("session_id", keymeld.SessionId);
        if (keymeld.EncryptedSessionSecret is { } secret)
        {
            json.WriteString("encrypted_session_secret", secret);
        }

        json.WriteId("user_id", keymeld.UserId);
        json.WriteString("coordinator_pubkey", keymeld.CoordinatorPubkey);
        json.WriteStartArray("signing_session_ids");
        foreach (var session in keymeld.SigningSessions)
        {
            json.WriteStringValue(session);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, ContractEntryView entry)
    {
        json.WriteStartObject();
        json.WriteId("entry_id", entry.EntryId);
        json.WriteId("ticket_id", entry.TicketId);
        json.WriteNumber("player_index", entry.PlayerIndex);
        json.WriteBoolean("nonces_submitted", entry.NoncesSubmitted);
        json.WriteBoolean("partials_submitted", entry.PartialsSubmitted);
        json.WriteBoolean("partials_rejected", entry.PartialsRejected);
        json.WriteEmbedded("signatures", entry.Signatures);
        json.WriteString("ticket_preimage", entry.TicketPreimage);
        json.WriteEndObject();
    }
}
