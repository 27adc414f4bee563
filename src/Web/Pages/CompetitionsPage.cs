using System.Collections.Immutable;
using System.Globalization;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>All competitions by what they are at, each with what it waits for and since when.</summary>
internal static class CompetitionsPage
{
    private const string Path = "/admin/competitions";
    private const string Piece = "/admin/pieces/competitions";
    private const int OnAPage = 25;

    private static readonly (string Key, string Name, Func<CompetitionView, bool> Holds)[] Groups =
    [
        ("open", "Not over", view => !Waits.IsOver(view)),
        ("operator", "Needs you", Waits.NeedsOperator),
        ("selling", "Selling", view => view.State is "created" or "entries_collected"),
        ("signing", "Being signed", view => view.State is "escrow_funds_confirmed" or "event_created" or "entries_submitted" or "contract_created" or "awaiting_signatures" or "signing_complete"),
        ("running", "Funded", view => view.State is "funding_broadcasted" or "funding_confirmed" or "funding_settled" or "awaiting_attestation"),
        ("paying", "Paying out", view => view.State is "attested" or "expiry_broadcasted" or "outcome_broadcasted" or "delta_broadcasted"),
        ("failed", "Failed", view => view.State == "failed"),
        ("over", "Over", Waits.IsOver),
        ("all", "All", _ => true),
    ];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, async call => new PageReply.Whole(
            "Competitions", Parts.Polled("competitions", $"{Piece}{call.Http.Request.QueryString.Value}", 5, await ContentAsync(call)),
            Aside: Html.Of($"""<a class="button primary" href="{Path}/new">New competition</a>""")));
        routes.MapPiece(Piece, ContentAsync);
    }

    private static async Task<Markup> ContentAsync(PageCall call)
    {
        var all = (await call.Grains.GetGrain<IDirectoryGrain>(0).ListAsync()).Where(view => !view.Deleted).ToImmutableArray();
        var status = await call.Service.StatusAsync();
        var group = Groups.FirstOrDefault(one => one.Key == call.Query("show"), Groups[0]);
        var search = call.Query("q");
        var found = all.Where(group.Holds).Where(view => IsLike(view, search)).OrderByDescending(Waits.NeedsOperator).ThenByDescending(view => view.CreatedAt).ToImmutableArray();
        var pages = Math.Max(1, (found.Length + OnAPage - 1) / OnAPage);
        var page = int.TryParse(call.Query("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, pages) : 1;
        return Html.Of(
            $"""
            {Summary(all, status)}
            {Filters(all, group.Key, search)}
            {Table(call, group.Name, found.Skip((page - 1) * OnAPage).Take(OnAPage))}
            {Pager(group.Key, search, page, pages)}
            """);
    }

    private static Markup Summary(ImmutableArray<CompetitionView> all, ServiceStatus status) => Html.Of(
        $"""
        {Parts.Cards(
            Parts.Card("Not over", Html.Of($"{all.Count(view => !Waits.IsOver(view))}")),
            Parts.Card("Paid seats held", Html.Of($"{all.Where(view => !Waits.IsOver(view)).Sum(view => view.Totals.PaidEntries)}")),
            Parts.Card("Pooled", Show.Sats(all.Where(view => view.State is "funding_broadcasted" or "funding_confirmed" or "awaiting_attestation" or "attested" or "expiry_broadcasted" or "outcome_broadcasted").Sum(view => view.Submission.TotalCompetitionPool))),
            Parts.Card("Open holds", Html.Of($"{status.OpenHolds}"), status.OpenHolds == 0 ? Tone.Plain : Tone.Warning),
            Parts.Card("New money", Html.Of($"{(status.SettleOnly ? "not taken" : "taken")}"), status.SettleOnly ? Tone.Warning : Tone.Plain, status.SettleOnly ? string.Join("; ", status.Reasons) : null))}
        """);

    private static Markup Filters(ImmutableArray<CompetitionView> all, string current, string? search) => Html.Of(
        $"""
        <nav class="filters" aria-label="Filter">
        <ul>{Groups.Select(group => Filter(group.Key, group.Name, all.Count(group.Holds), group.Key == current, search))}</ul>
        <form role="search" method="get" action="{Path}">{Forms.Hidden("show", current)}<label class="unseen" for="f-q">Id or station</label><input id="f-q" name="q" type="search" value="{search}" placeholder="Id or station" maxlength="60" autocomplete="off"><button type="submit">Find</button></form>
        </nav>
        """);

    private static Markup Filter(string key, string name, int count, bool isCurrent, string? search)
    {
        var path = Address(key, search, 1);
        return isCurrent
            ? Html.Of($"""<li><a id="show-{key}" href="{path}" aria-current="true">{name} <span class="count">{count}</span></a></li>""")
            : Html.Of($"""<li><a id="show-{key}" href="{path}">{name} <span class="count">{count}</span></a></li>""");
    }

    private static Markup Table(PageCall call, string caption, IEnumerable<CompetitionView> views) => Parts.Table(
        caption,
        ["Competition", "State", "Waits for", "Since", "#Seats", "#Pool", "Stations", "Created"],
        views.Select(view => new[]
        {
            Html.Of($"""<a id="c-{view.Submission.Id}" href="{Path}/{view.Submission.Id}">{Show.Id(view.Submission.Id)}</a>"""),
            StatePill(view),
            Html.Of($"{Waits.Of(view).For}{Trouble(view)}"),
            Show.Ago(Waits.Of(view).Since, call.Now),
            Html.Of($"{view.Totals.PaidEntries}/{view.Submission.TotalAllowedEntries}"),
            Show.Sats(view.Submission.TotalCompetitionPool),
            Html.Of($"{Shortened(view.Submission.Locations)}"),
            Show.Ago(view.CreatedAt, call.Now),
        }),
        "No competition is here.");

    internal static Markup StatePill(CompetitionView view) => Parts.Pill(Show.Word(view.State), view.State switch
    {
        "failed" => Tone.Bad,
        _ when Waits.NeedsOperator(view) => Tone.Warning,
        "completed" => Tone.Good,
        "cancelled" => Tone.Plain,
        _ => Tone.Waiting,
    });

    /// <summary>What is tried again and again.</summary>
    private static Markup Trouble(CompetitionView view)
        => view.Pending.FirstOrDefault(pending => pending is { Attempts: > 2, LastError: not null }) is { } stuck
            ? Html.Of($"""<br><span class="complaint">{Show.Word(stuck.Effect.Split('/')[0])}, attempt {stuck.Attempts}: {stuck.LastError}</span>""")
            : Markup.None;

    private static string Shortened(ImmutableArray<string> stations)
        => stations.Length <= 3 ? string.Join(" ", stations) : $"{string.Join(" ", stations.Take(3))} +{stations.Length - 3}";

    private static bool IsLike(CompetitionView view, string? search)
        => search is null
            || view.Submission.Id.ToString("D").Contains(search, StringComparison.OrdinalIgnoreCase)
            || view.Submission.Locations.Contains(search, StringComparer.OrdinalIgnoreCase);

    private static Markup Pager(string key, string? search, int page, int pages) => Html.If(pages > 1, () => Html.Of(
        $"""
        <nav class="pager" aria-label="More">
        {Html.If(page > 1, () => Html.Of($"""<a id="page-before" href="{Address(key, search, page - 1)}" rel="prev">Newer</a>"""))}
        <span>Page {page} of {pages}</span>
        {Html.If(page < pages, () => Html.Of($"""<a id="page-after" href="{Address(key, search, page + 1)}" rel="next">Older</a>"""))}
        </nav>
        """));

    private static string Address(string key, string? search, int page)
        => $"{Path}?show={key}{(search is null ? string.Empty : $"&q={Uri.EscapeDataString(search)}")}{(page == 1 ? string.Empty : $"&page={page.ToString(CultureInfo.InvariantCulture)}")}";
}
