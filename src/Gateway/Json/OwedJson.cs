using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>Shares that their winners have not taken: for the operator all of them, for a player the own one.</summary>
internal static class OwedJson
{
    /// <summary>A list; each item names its competition and player.</summary>
    internal static Action<Utf8JsonWriter> Write(ImmutableArray<(CompetitionView View, OwedShareView Share)> owed) => json =>
    {
        json.WriteStartArray();
        foreach (var (view, share) in owed)
        {
            json.WriteStartObject();
            json.WriteId("competition_id", view.Submission.Id);
            json.WriteString("state", view.State);
            json.WriteId("entry_id", share.Entry);
            json.WriteString("pubkey", share.Player);
            json.WriteNumber("sats", share.Sats);
            WriteWays(json, share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    };

    /// <summary>How the share can be had and until which heights.</summary>
    internal static void WriteWays(Utf8JsonWriter json, OwedShareView share)
    {
        json.WriteString("way", share.Way);
        json.WriteNumber("payable_until_height", share.PayableUntil);
        json.WriteNumberOrNull("claimable_from_height", share.ClaimableFrom);
        json.WriteNumberOrNull("reclaimable_from_height", share.ReclaimableFrom);
    }
}
