using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>Holds: for everybody what waits, for the operator also who released what and why.</summary>
internal static class HoldJson
{
    internal static void WriteAll(Utf8JsonWriter json, ImmutableArray<HoldView> holds)
    {
        json.WriteStartArray();
        foreach (var hold in holds)
        {
            json.WriteStartObject();
            WriteMembers(json, hold);
            json.WriteId("competition_id", hold.Competition);
            json.WriteString("released_by", hold.Release?.By);
            json.WriteString("note", hold.Release?.Note);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>As a member of a competition.</summary>
    internal static void WriteHolds(Utf8JsonWriter json, CompetitionView view)
    {
        json.WriteStartArray("holds");
        foreach (var hold in view.Holds)
        {
            json.WriteStartObject();
            WriteMembers(json, hold);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void WriteStatus(Utf8JsonWriter json, ServiceStatus status)
    {
        json.WriteStartObject();
        json.WriteBoolean("settle_only", status.SettleOnly);
        json.WriteTexts("reasons", status.Reasons);
        json.WriteNumber("reconciled", status.Reconciled);
        json.WriteNumber("to_reconcile", status.ToReconcile);
        json.WriteBoolean("restoring", status.Restoring);
        json.WriteNumber("open_holds", status.OpenHolds);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, HoldView hold)
    {
        json.WriteString("id", hold.Id);
        json.WriteString("kind", hold.Kind);
        json.WriteString("subject", hold.Subject);
        json.WriteString("detail", hold.Detail);
        json.WriteId("entry_id", hold.Entry);
        json.WriteNumber("sats", hold.Sats);
        json.WriteTime("since", hold.Since);
        json.WriteTime("released_at", hold.Release?.At);
    }
}
