using System.Collections.Immutable;
using System.Globalization;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>The form that creates a competition: the same terms as <c>POST /api/v1/competitions</c>, complaints beside the fields.</summary>
internal static class CreatePage
{
    private const string Path = "/admin/competitions/new";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, async call => await ShowAsync(call, Defaults(call), [], null));
        routes.MapForm(Path, async call =>
        {
            var given = Names.ToDictionary(name => name, call.Form, StringComparer.Ordinal);
            var form = new TermsForm(given, call.Forms("station"));
            if (form.Read(call.Now) is not { } terms)
            {
                return await ShowAsync(call, given, form.Complaints, new Refusal(422, "invalid_terms", "Some fields need another look."));
            }

            var answer = await call.Competition(terms.Id).CreateAsync(terms);
            if (answer.Problem is { } problem)
            {
                var fields = problem.Fields.IsDefaultOrEmpty ? [] : problem.Fields.Select(field => (field.Field, field.Detail));
                return await ShowAsync(call, given, [.. fields], PageAnswers.Of(problem) with { Sentence = problem.Fields.IsDefaultOrEmpty ? problem.Detail : "The rules object to some fields." });
            }

            call.Session.Say("The competition is open: players can buy tickets.");
            return new PageReply.GoTo($"/admin/competitions/{terms.Id:D}");
        });
    }

    private static readonly string[] Names =
    [
        "id", "signing_date", "start_observation_date", "end_observation_date", "locations", "number_of_values_per_entry", "number_of_places_win", "total_allowed_entries",
        "entry_fee", "coordinator_fee_percentage", "relative_locktime_block_delta", "settlement_depth", "escrow", "escrow_refund_blocks",
    ];

    /// <summary>What the form begins with. Its id makes sending it twice the same competition.</summary>
    private static Dictionary<string, string?> Defaults(PageCall call) => new(StringComparer.Ordinal)
    {
        ["id"] = Guid.CreateVersion7(call.Now).ToString("D"),
        ["start_observation_date"] = Show.Input(call.Now.AddHours(6)),
        ["end_observation_date"] = Show.Input(call.Now.AddHours(24)),
        ["signing_date"] = Show.Input(call.Now.AddHours(33)),
        ["number_of_values_per_entry"] = "3",
        ["number_of_places_win"] = "1",
        ["total_allowed_entries"] = "3",
        ["entry_fee"] = "5000",
        ["coordinator_fee_percentage"] = "5",
    };

    private static async Task<PageReply> ShowAsync(PageCall call, Dictionary<string, string?> values, ImmutableArray<(string Field, string Detail)> complaints, Refusal? refusal)
    {
        var stations = call.Services.GetService<IStationList>() is { } list ? await list.LookAsync(call.Aborted) : [];
        var form = new Fields(values, complaints);
        var elsewhere = complaints.Where(complaint => !Names.Contains(complaint.Field) || complaint.Field == "id").ToImmutableArray();
        return new PageReply.Whole(
            "New competition",
            Html.Of(
                $"""
                {(refusal is null ? Markup.None : Forms.Complaint(refusal.Code, refusal.Sentence))}
                {elsewhere.Select(complaint => Html.Of($"""<p class="complaint">{complaint.Field}: {complaint.Detail}</p>"""))}
                {Forms.Post(call, Path, "Create the competition", Html.Of($"""
                {Forms.Hidden("id", values.GetValueOrDefault("id"))}
                {Group("When, in UTC", form.Dates())}
                {Group("Where", Html.Join([Choice(call, stations), form.Stations(stations.Length > 0)]))}
                {Group("Who wins what", form.Play())}
                {Group("Contract", form.Contract())}
                """), cancelTo: "/admin/competitions")}
                """),
            refusal?.Status ?? 200);
    }

    private static Markup Group(string name, Markup fields) => Html.Of($"""<fieldset><legend>{name}</legend><div class="fields">{fields}</div></fieldset>""");

    private static Markup Choice(PageCall call, ImmutableArray<Station> stations)
    {
        var chosen = call.Forms("station").ToHashSet(StringComparer.Ordinal);
        return Html.If(!stations.IsEmpty, () => Html.Of(
            $"""<fieldset class="choices"><legend>Stations of the oracle</legend><ul>{stations.Select(station => Box(station, chosen.Contains(station.Id)))}</ul></fieldset>"""));
    }

    private static Markup Box(Station station, bool isChosen) => Html.Of(
        $"""<li><label for="s-{station.Id}"><input type="checkbox" id="s-{station.Id}" name="station" value="{station.Id}"{(isChosen ? new Markup(" checked") : Markup.None)}> <code>{station.Id}</code> {station.Name}</label></li>""");

    /// <summary>The fields with what stands in them and what is wrong with it.</summary>
    private sealed class Fields(Dictionary<string, string?> values, ImmutableArray<(string Field, string Detail)> complaints)
    {
        internal Markup Dates() => Html.Join(
        [
            Moment("start_observation_date", "Observation starts", "No ticket is sold after it; where players sign themselves, earlier."),
            Moment("end_observation_date", "Observation ends", null),
            Moment("signing_date", "The oracle attests", "At or after the end of the observation."),
        ]);

        internal Markup Stations(bool isMore)
            => Text("locations", isMore ? "Further stations" : "Stations", "Station ids, with blanks or commas between them.", isNeeded: false);

        internal Markup Play() => Html.Join(
        [
            Number("total_allowed_entries", "Entries", 2, 25, "So many tickets are sold; all must be, or everybody is paid back."),
            Number("number_of_places_win", "Winning places", 1, 5, null),
            Number("number_of_values_per_entry", "Picks per entry", 1, 150, "At most three for each station."),
            Number("entry_fee", "Entry fee, sat", 1, 1_000_000_000, "The pool is this times the entries."),
            Number("coordinator_fee_percentage", "Coordinator's fee, %", 0, 100, null),
        ]);

        internal Markup Contract() => Html.Join(
        [
            Number("relative_locktime_block_delta", "Relative lock time, blocks", 1, ushort.MaxValue, "Empty: the network's default.", isNeeded: false),
            Number("settlement_depth", "Settlement depth, confirmations", 1, ushort.MaxValue, "Empty: the service's default.", isNeeded: false),
            Html.Of($"""<div class="field"><label for="f-escrow"><input type="checkbox" id="f-escrow" name="escrow" value="true"{(values.GetValueOrDefault("escrow") == "true" ? new Markup(" checked") : Markup.None)}> With escrows</label><p class="hint">Every ticket is backed by an output on chain until the pool is funded.</p>{Complaint("escrow")}</div>"""),
            Number("escrow_refund_blocks", "Escrow back after, blocks", 1, ushort.MaxValue, "Empty: the least that fits.", isNeeded: false),
        ]);

        private Markup Moment(string name, string label, string? hint) => (Make(name, label, hint, true) with { Type = "datetime-local" }).Render();

        private Markup Text(string name, string label, string hint, bool isNeeded) => (Make(name, label, hint, isNeeded) with { Longest = 900 }).Render();

        private Markup Number(string name, string label, long least, long most, string? hint, bool isNeeded = true)
            => (Make(name, label, hint, isNeeded) with { Type = "number", Least = least, Most = most }).Render();

        private Field Make(string name, string label, string? hint, bool isNeeded) => new(name, label, values.GetValueOrDefault(name)) { Hint = hint, IsNeeded = isNeeded, Complaint = Words(name) };

        private Markup Complaint(string name) => Words(name) is { } words ? Html.Of($"""<p class="complaint">{words}</p>""") : Markup.None;

        private string? Words(string name)
        {
            var all = complaints.Where(complaint => complaint.Field == name || (name == "entry_fee" && complaint.Field == "total_competition_pool")).Select(complaint => complaint.Detail).ToList();
            return all.Count == 0 ? null : string.Join("; ", all);
        }
    }
}

/// <summary>The form's texts as terms: only their shape; whether they are playable is for the rules.</summary>
internal sealed class TermsForm(IReadOnlyDictionary<string, string?> values, IEnumerable<string> stations)
{
    private readonly ImmutableArray<(string Field, string Detail)>.Builder _complaints = ImmutableArray.CreateBuilder<(string Field, string Detail)>();

    public ImmutableArray<(string Field, string Detail)> Complaints => _complaints.ToImmutable();

    /// <summary>The terms, or null with complaints.</summary>
    public CreateCompetition? Read(DateTimeOffset now)
    {
        var id = Guid.TryParseExact(values.GetValueOrDefault("id"), "D", out var given) ? given : Guid.CreateVersion7(now);
        var (fee, entries) = (Number("entry_fee") ?? 0, (int)(Number("total_allowed_entries") ?? 0));
        var terms = new CreateCompetition(
            id, Time("signing_date"), Time("start_observation_date"), Time("end_observation_date"), Places(), (int)(Number("number_of_values_per_entry") ?? 0),
            (int)(Number("number_of_places_win") ?? 0), entries, fee, (int)(Number("coordinator_fee_percentage") ?? 0), fee * entries, (int?)Number("relative_locktime_block_delta", isNeeded: false))
        {
            SettlementDepth = (int?)Number("settlement_depth", isNeeded: false),
            Escrow = values.GetValueOrDefault("escrow") == "true",
            EscrowRefundBlocks = (int?)Number("escrow_refund_blocks", isNeeded: false),
        };
        return _complaints.Count == 0 ? terms : null;
    }

    private ImmutableArray<string> Places()
    {
        ImmutableArray<string> all =
        [
            .. stations.Concat((values.GetValueOrDefault("locations") ?? string.Empty).Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal),
        ];
        Require(!all.IsEmpty, "locations", "choose or name at least one station");
        return all;
    }

    private long? Number(string name, bool isNeeded = true)
    {
        if (values.GetValueOrDefault(name) is not { } text)
        {
            Require(!isNeeded, name, "a whole number is needed");
            return null;
        }

        // Nothing above what any of them may be, so that no product of two is too large.
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1_000_000_000;
        Require(isNumber, name, "a whole number is needed, 0 to 1,000,000,000");
        return isNumber ? number : null;
    }

    private DateTimeOffset Time(string name)
    {
        var isTime = DateTimeOffset.TryParseExact(
            values.GetValueOrDefault(name), ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        Require(isTime, name, "a date and a time are needed");
        return time;
    }

    private void Require(bool isSo, string field, string detail)
    {
        if (!isSo)
        {
            _complaints.Add((field, detail));
        }
    }
}
