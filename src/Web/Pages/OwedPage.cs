using System.Collections.Immutable;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>Whom the coordinator owes something: refunds, and winners who have not taken their share.</summary>
internal static class OwedPage
{
    private const string Release = "/admin/competitions/{id}/entries/{entry}/release";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/admin/owed", async call =>
        {
            var views = (await call.Grains.GetGrain<IDirectoryGrain>(0).ListAsync()).Where(view => !view.Deleted).ToImmutableArray();
            var shares = ImmutableArray.CreateBuilder<(CompetitionView View, OwedShareView Share)>();
            foreach (var view in views.Where(view => view is { Outcome: not null, State: not "completed" }))
            {
                shares.AddRange((await call.Competition(view.Submission.Id).OwedAsync()).Select(share => (view, share)));
            }

            return new PageReply.Whole(
                "Owed",
                Html.Of(
                    $"""
                    <p class="lead">Refunds are given back outside of this service, then their hold is released. A winner's share is theirs until you release it: they can still claim it on chain before the coordinator takes it back.</p>
                    {Tables(call, [.. views.SelectMany(view => view.Owed.Select(owed => (view, owed)))], shares.ToImmutable())}
                    """));
        });
        routes.MapPage(Release, async call => await AskAsync(call, Markup.None, 200));
        routes.MapForm(Release, async call =>
        {
            var answer = await call.Competition(call.Id("id")).ReleaseShareAsync(call.Id("entry"));
            if (answer.Complaint() is { } complaint)
            {
                return await AskAsync(call, complaint.Complaint, complaint.Status);
            }

            call.Session.Say("The share is released: the coordinator takes it back once the chain allows it.");
            return new PageReply.GoTo($"/admin/competitions/{call.Id("id"):D}");
        });
    }

    internal static Markup Tables(
        PageCall call, ImmutableArray<(CompetitionView View, OwedView Owed)> refunds, ImmutableArray<(CompetitionView View, OwedShareView Share)> shares) => Html.Of(
        $"""
        {Parts.Table(
            $"Winners' shares: {shares.Length}",
            ["Entry", "#Share", "Way", "#Payable until", "#Claimable from", "#Taken back from", "Competition", "Action"],
            shares.Select(line => Line(line.View, line.Share)),
            "No winner waits for a share.")}
        {Parts.Table(
            $"Refunds: {refunds.Length}",
            ["Ticket", "#Amount", "Why", "Competition"],
            refunds.Select(line => new[]
            {
                Show.Id(line.Owed.Ticket),
                Show.Sats(line.Owed.Sats),
                Html.Text(line.Owed.Why),
                Html.Of($"""<a href="/admin/competitions/{line.View.Submission.Id}">{Show.Id(line.View.Submission.Id)}</a>"""),
            }),
            "No refund is owed.")}
        """);

    private static Markup[] Line(CompetitionView view, OwedShareView share) =>
    [
        Show.Id(share.Entry),
        Show.Sats(share.Sats),
        Html.Text(Show.Word(share.Way)),
        Html.Of($"{share.PayableUntil}"),
        Height(share.ClaimableFrom),
        Height(share.ReclaimableFrom),
        Html.Of($"""<a href="/admin/competitions/{view.Submission.Id}">{Show.Id(view.Submission.Id)}</a>"""),
        share.ReclaimableFrom is null
            ? Html.Of($"""<a class="button" href="/admin/competitions/{view.Submission.Id}/entries/{share.Entry}/release">Release…<span class="unseen"> the share of {share.Entry}</span></a>""")
            : Html.Of($"released"),
    ];

    private static Markup Height(int? height) => height is { } at ? Html.Of($"{at}") : Html.Of($"–");

    private static async Task<PageReply> AskAsync(PageCall call, Markup complaint, int status)
    {
        var (id, entry) = (call.Id("id"), call.Id("entry"));
        var share = (await call.Competition(id).OwedAsync()).FirstOrDefault(one => one.Entry == entry);
        return new PageReply.Whole(
            "Release a share",
            Html.Of(
                $"""
                {complaint}
                {Parts.List(
                [
                    ("Competition", Html.Of($"<code>{id}</code>")), ("Entry", Html.Of($"<code>{entry}</code>")),
                    ("Share", share is null ? Html.Of($"–") : Show.Sats(share.Sats)), ("Way", Html.Text(share is null ? "nothing is owed to it now" : Show.Word(share.Way))),
                ])}
                <p>Released, the winner's share goes to the coordinator once 2Δ blocks have passed since the split, unless the winner claims it before. This cannot be taken back.</p>
                {Forms.Post(call, $"/admin/competitions/{id:D}/entries/{entry:D}/release", "Release the share", Markup.None, isDangerous: true, cancelTo: "/admin/owed")}
                """),
            status);
    }
}
