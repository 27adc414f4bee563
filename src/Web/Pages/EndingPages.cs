using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>Cancelling and deleting: each asks once more before it does it.</summary>
internal static class EndingPages
{
    private const string One = "/admin/competitions/{id}";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(One + "/cancel", call => Task.FromResult<PageReply>(AskToCancel(call, Markup.None, 200)));
        routes.MapForm(One + "/cancel", async call =>
        {
            var answer = await call.Competition(call.Id("id")).CancelAsync(call.Form("reason") ?? "cancelled by the operator");
            if (answer.Complaint() is { } complaint)
            {
                return AskToCancel(call, complaint.Complaint, complaint.Status);
            }

            call.Session.Say("The competition is cancelled; every payment goes back.");
            return new PageReply.GoTo(PathOf(call));
        });
        routes.MapPage(One + "/delete", call => Task.FromResult<PageReply>(AskToDelete(call, Markup.None, 200)));
        routes.MapForm(One + "/delete", async call =>
        {
            var answer = await call.Competition(call.Id("id")).DeleteAsync();
            if (answer.Complaint() is { } complaint)
            {
                return AskToDelete(call, complaint.Complaint, complaint.Status);
            }

            call.Session.Say("The competition is out of sight. Its id is never used again.");
            return new PageReply.GoTo("/admin/competitions");
        });
    }

    private static string PathOf(PageCall call) => $"/admin/competitions/{call.Id("id"):D}";

    private static PageReply.Whole AskToCancel(PageCall call, Markup complaint, int status) => new(
        "Cancel a competition",
        Html.Of(
            $"""
            {complaint}
            <p>Competition <code>{call.Id("id")}</code> ends: every invoice is cancelled, every payment goes back, reserved coins are freed. Players see the reason. This cannot be undone.</p>
            {Forms.Post(call, PathOf(call) + "/cancel", "Cancel the competition", new Field("reason", "Reason, for the players", call.Form("reason")) { Longest = 500 }.Render(), isDangerous: true, cancelTo: PathOf(call))}
            """),
        status);

    private static PageReply.Whole AskToDelete(PageCall call, Markup complaint, int status) => new(
        "Delete a competition",
        Html.Of(
            $"""
            {complaint}
            <p>Competition <code>{call.Id("id")}</code> leaves every list. Only a cancelled one of which nothing is open can be deleted; its record stays on disk.</p>
            {Forms.Post(call, PathOf(call) + "/delete", "Delete the competition", Markup.None, isDangerous: true, cancelTo: PathOf(call))}
            """),
        status);
}
