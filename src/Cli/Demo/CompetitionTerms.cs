using System.Globalization;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Demo;

/// <summary>When a competition's event starts, ends and is attested, from its creation.</summary>
internal sealed record CompetitionDates(TimeSpan Start, TimeSpan End, TimeSpan Signing);

/// <summary>The body that creates a competition.</summary>
internal static class CompetitionTerms
{
    /// <summary>Satoshis.</summary>
    public const long EntryFee = 50_000;

    /// <param name="delta">The contract's relative lock time in blocks; the network's default where null.</param>
    public static JsonObject Of(Guid id, int players, int places, DateTimeOffset now, CompetitionDates dates, int? delta = null)
    {
        var terms = new JsonObject
        {
            ["id"] = id.ToString(),
            ["signing_date"] = Text(now + dates.Signing),
            ["start_observation_date"] = Text(now + dates.Start),
            ["end_observation_date"] = Text(now + dates.End),
            ["locations"] = new JsonArray("KDEN", "KJFK", "KSEA"),
            ["number_of_values_per_entry"] = 6,
            ["number_of_places_win"] = places,
            ["total_allowed_entries"] = players,
            ["entry_fee"] = EntryFee,
            ["coordinator_fee_percentage"] = 5,
            ["total_competition_pool"] = EntryFee * players,
        };
        if (delta is { } blocks)
        {
            terms["relative_locktime_block_delta"] = blocks;
        }

        return terms;
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
