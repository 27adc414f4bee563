using System.Collections.Immutable;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>What could not be explained and waits for the operator, and whether new money is taken.</summary>
internal static class HoldsPage
{
    private const string Path = "/admin/holds";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, async call => await ShowAsync(call, Markup.None, 200));
        routes.MapPage(Path + "/release", async call => await AskAsync(call, call.Query("id"), Markup.None, 200));
        routes.MapForm(Path + "/release", async call =>
        {
            var id = call.Form("id");
            if (id is null || call.Form("by") is not { } by)
            {
                return await AskAsync(call, id, Forms.Complaint("by_missing", "Say who releases it."), 422);
            }

            var answer = await call.Service.ReleaseHoldAsync(new OperatorWord(id, by, call.Form("note") ?? string.Empty));
            if (answer.Complaint() is { } complaint)
            {
                return await AskAsync(call, id, complaint.Complaint, complaint.Status);
            }

            call.Session.Say("The hold is released, and what waited for it goes on.");
            return new PageReply.GoTo(Path);
        });
        routes.MapForm(Path + "/settle-only", SwitchAsync);
    }

    /// <summary>Holds, open ones first.</summary>
    internal static Markup Table(PageCall call, string caption, IEnumerable<HoldView> holds) => Parts.Table(
        caption,
        ["Kind", "What", "#Amount", "Since", "Competition", "State"],
        holds.Select(hold => new[]
        {
            Html.Of($"""{Parts.Pill(Show.Word(hold.Kind), hold.Release is null ? Tone.Warning : Tone.Plain)}"""),
            Html.Of($"""{hold.Detail} {Show.Id(hold.Subject)}"""),
            hold.Sats == 0 ? Html.Of($"–") : Show.Sats(hold.Sats),
            Show.Ago(hold.Since, call.Now),
            hold.Competition is { } competition ? Html.Of($"""<a href="/admin/competitions/{competition}">{Show.Id(competition)}</a>""") : Html.Of($"–"),
            hold.Release is { } release
                ? Html.Of($"""released by {release.By}, {Show.Ago(release.At, call.Now)}{Html.If(release.Note.Length > 0, () => Html.Of($": {release.Note}"))}""")
                : Html.Of($"""<a class="button" id="release-{hold.Id}" href="{Path}/release?id={Uri.EscapeDataString(hold.Id)}">Release…<span class="unseen"> {Show.Word(hold.Kind)} of {hold.Subject}</span></a>"""),
        }),
        "Nothing waits for an operator.");

    private static async Task<PageReply> ShowAsync(PageCall call, Markup complaint, int status)
    {
        var holds = await call.Service.HoldsAsync();
        var service = await call.Service.StatusAsync();
        var (open, released) = (holds.Where(hold => hold.Release is null).ToImmutableArray(), holds.Where(hold => hold.Release is not null).ToImmutableArray());
        return new PageReply.Whole(
            "Holds",
            Html.Of(
                $"""
                {complaint}
                <p class="lead">What the service cannot explain it leaves alone until you have looked. Everything else goes on.</p>
                {Table(call, $"Open holds: {open.Length}", open)}
                {Html.If(!released.IsEmpty, () => Parts.Section("released", "Released", Table(call, $"Released holds: {released.Length}", released)))}
                {Parts.Section("settle-only", "New money", Mode(call, service))}
                """),
            status);
    }

    private static Markup Mode(PageCall call, ServiceStatus status) => Html.Of(
        $"""
        <p>{Html.If(status.SettleOnly, () => Html.Of($"""{Parts.Pill("settle only", Tone.Warning)} No new money is taken and nothing is funded; every obligation goes on. {string.Join("; ", status.Reasons)}"""))}{Html.If(!status.SettleOnly, () => Html.Of($"""{Parts.Pill("open", Tone.Good)} New competitions and tickets are taken."""))}</p>
        {Html.If(status.Restoring, () => Html.Of($"""<p class="notice warning">The checks after a restore are not done: {status.Reconciled} of {status.ToReconcile} competitions are compared.</p>"""))}
        {Forms.Post(call, Path + "/settle-only", status.SettleOnly ? "Take new money again" : "Take no new money", Html.Join([Forms.Hidden("on", status.SettleOnly ? "false" : "true"), Forms.Word(call)]), isDangerous: !status.SettleOnly)}
        """);

    private static async Task<PageReply> SwitchAsync(PageCall call)
    {
        if (call.Form("by") is not { } by)
        {
            return await ShowAsync(call, Forms.Complaint("by_missing", "Say who decides it."), 422);
        }

        var isOn = call.Form("on") == "true";
        var answer = await call.Service.SettleOnlyAsync(isOn, new OperatorWord(string.Empty, by, call.Form("note") ?? string.Empty));
        if (answer.Complaint() is { } complaint)
        {
            return await ShowAsync(call, complaint.Complaint, complaint.Status);
        }

        call.Session.Say(isOn ? "No new money is taken from now on." : "New money is taken again.");
        return new PageReply.GoTo(Path);
    }

    private static async Task<PageReply> AskAsync(PageCall call, string? id, Markup complaint, int status)
    {
        var hold = (await call.Service.HoldsAsync()).FirstOrDefault(one => one.Id == id);
        return hold is null ? throw new RefusedPageException(new Refusal(404, "hold_not_found", "There is no such hold.")) : new PageReply.Whole(
            "Release a hold",
            Html.Of(
                $"""
                {complaint}
                {Parts.List(
                [
                    ("Kind", Html.Text(Show.Word(hold.Kind))), ("What", Html.Text(hold.Detail)), ("About", Html.Of($"<code>{hold.Subject}</code>")),
                    ("Amount", hold.Sats == 0 ? Html.Of($"–") : Show.Sats(hold.Sats)), ("Since", Show.Time(hold.Since, call.Now)),
                    ("State", Html.Text(hold.Release is { } release ? $"released by {release.By}" : "open")),
                ])}
                <p>What a release means depends on the kind: the operations guide says what to check first. It is recorded with your name and cannot be taken back.</p>
                {Forms.Post(call, Path + "/release", "Release the hold", Html.Join([Forms.Hidden("id", hold.Id), Forms.Word(call)]), isDangerous: true, cancelTo: Path)}
                """),
            status);
    }
}
