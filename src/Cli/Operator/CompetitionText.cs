using System.Globalization;
using System.Text.Json;

namespace Coordinator.Cli.Operator;

/// <summary>One competition as an operator reads it.</summary>
internal sealed class CompetitionText(JsonElement competition, DateTimeOffset now)
{
    /// <summary>The members with times, in the order in which a competition may pass them, and the state that each begins.</summary>
    private static readonly (string Member, string State)[] Times =
    [
        ("created_at", "created"), ("escrow_funds_confirmed_at", "escrow_funds_confirmed"), ("event_created_at", "event_created"),
        ("entries_submitted_at", "entries_submitted"), ("contracted_at", "contract_created"),
        ("keymeld_keygen_completed_at", "awaiting_signatures"), ("signed_at", "signing_complete"),
        ("funding_broadcasted_at", "funding_broadcasted"), ("funding_confirmed_at", "funding_confirmed"), ("funding_settled_at", "funding_settled"),
        ("awaiting_attestation_at", "awaiting_attestation"), ("expiry_broadcasted_at", "expiry_broadcasted"),
        ("outcome_broadcasted_at", "outcome_broadcasted"), ("delta_broadcasted_at", "delta_broadcasted"), ("completed_at", "completed"),
        ("failed_at", "failed"), ("cancelled_at", "cancelled"),
    ];

    private readonly JsonElement _terms = competition.GetProperty("event_submission");

    /// <summary>A table of many.</summary>
    /// <param name="next">Where the list goes on; null where it does not.</param>
    public static string List(IReadOnlyCollection<JsonElement> items, string? next, DateTimeOffset now)
    {
        var table = new TextTable(
            new("ID"), new("STATE"), new("SINCE", 16, true), new("CREATED", 16, true), new("PAID", 9, true), new("ENTRIES", 9, true), new("TICKET", 16, true),
            new("POOL", 18, true), new("OWED", 14, true), new("HOLDS", 5, true));
        foreach (var item in items)
        {
            var terms = item.GetProperty("event_submission");
            var seats = Text(Wording.Number(terms, "total_allowed_entries"));
            var owed = Wording.List(item, "owed").Sum(share => Wording.Number(share, "sats") ?? 0);
            var holds = Wording.List(item, "holds").Count(hold => Wording.Text(hold, "released_at") is null);
            table.Add(
                Wording.Text(item, "id"), Wording.Text(item, "state"), Since(item) is { } since ? Wording.Age(since, now) : null,
                Wording.Time(item, "created_at") is { } created ? Wording.Age(created, now) : null,
                $"{Text(Wording.Number(item, "total_paid_entries"))}/{seats}", $"{Text(Wording.Number(item, "total_entries"))}/{seats}",
                Wording.Sats(Wording.Number(item, "ticket_price_sats") ?? 0), Wording.Sats(Wording.Number(terms, "total_competition_pool") ?? 0),
                owed == 0 ? null : Wording.Sats(owed), holds == 0 ? null : Text(holds));
        }

        var end = items.Count == 0 ? "no competitions" : $"{Text(items.Count)} competitions; TICKET, POOL and OWED in sat";
        return string.Join(Environment.NewLine, (items.Count == 0 ? [] : table.Lines()).Append(next is null ? end : $"{end}; there are more: --cursor {next}"));
    }

    /// <summary>One line: what a command left.</summary>
    public static string Line(JsonElement competition, DateTimeOffset now)
        => $"competition {Wording.Text(competition, "id")} is {Wording.Text(competition, "state")}"
            + (Since(competition) is { } since ? $" since {Wording.When(since, now)}" : string.Empty)
            + (Wording.Text(competition, "reason") is { } reason ? $": {Wording.Clean(reason)}" : string.Empty);

    /// <summary>The states that a competition has passed, by their times.</summary>
    public static IEnumerable<(DateTimeOffset At, string State)> Passed(JsonElement competition)
        => Times.Select(time => (At: Wording.Time(competition, time.Member), time.State)).Where(time => time.At is not null)
            .Select(time => (time.At!.Value, time.State)).OrderBy(time => time.Value);

    /// <summary>Its terms and how far it is, in lines; the rest is told by its story.</summary>
    public IEnumerable<string> Lines() => [Line(competition, now), .. Terms(), .. Standing()];

    /// <summary>The newest of the times that the competition has passed.</summary>
    private static DateTimeOffset? Since(JsonElement competition) => Times.Select(time => Wording.Time(competition, time.Member)).Max();

    private IEnumerable<string> Terms()
    {
        var fee = Wording.Number(_terms, "entry_fee") ?? 0;
        var (price, network) = (Wording.Number(competition, "ticket_price_sats") ?? 0, Wording.Number(competition, "network_fee_sats") ?? 0);
        yield return Row("seats", $"{Member("total_allowed_entries")}, of which {Member("number_of_places_win")} win; {Member("number_of_values_per_entry")} values of "
            + string.Join(", ", Wording.List(_terms, "locations").Select(station => Wording.Clean(station.ToString()))));
        yield return Row("pool", $"{Wording.Sats(Wording.Number(_terms, "total_competition_pool") ?? 0)} sat");
        yield return Row(
            "ticket",
            $"{Wording.Sats(price)} sat: {Wording.Sats(fee)} entry fee, {Wording.Sats(price - fee - network)} for the coordinator ({Member("coordinator_fee_percentage")} %), {Wording.Sats(network)} for the network");
        yield return Row("lock time", $"{Member("relative_locktime_block_delta")} blocks; settled at {Wording.Text(competition, "settlement_depth") ?? "?"} confirmations"
            + (Wording.Text(competition, "escrow_refund_blocks") is { } blocks ? $"; with escrows, {blocks} blocks" : string.Empty));
        foreach (var (name, member) in new[] { ("starts", "start_observation_date"), ("ends", "end_observation_date"), ("signed", "signing_date") })
        {
            yield return Row(name, Wording.Time(_terms, member) is { } time ? Wording.When(time, now) : "?");
        }
    }

    private IEnumerable<string> Standing()
    {
        yield return Row(
            "entries",
            $"{Number("total_paid_entries")} paid, {Number("total_entries")} entered, {Number("total_signed_entries")} signed, {Number("total_paid_out_entries")} paid out");
        foreach (var (name, member) in new[] { ("funding", "funding_outpoint"), ("outcome", "outcome"), ("attested", "attestation") })
        {
            if (Wording.Text(competition, member) is { } value)
            {
                yield return Row(name, Wording.Clean(value));
            }
        }
    }

    private string Member(string name) => Wording.Clean(Wording.Text(_terms, name) ?? "?");

    private string Number(string name) => Text(Wording.Number(competition, name));

    private static string Row(string name, string value) => $"{name,-10}  {value}";

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
