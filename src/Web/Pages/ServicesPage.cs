using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>Everything the service is made of and depends on: up, since when, and what it last complained of.</summary>
internal static class ServicesPage
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/admin/services", async call => new PageReply.Whole("Services", Parts.Polled("services", "/admin/pieces/services", 5, await ContentAsync(call))));
        routes.MapPiece("/admin/pieces/services", ContentAsync);
    }

    private static async Task<Markup> ContentAsync(PageCall call)
    {
        var lines = await call.Services.GetRequiredService<IServicesView>().TellAsync(call.Aborted);
        var bad = lines.Count(line => !line.Ok);
        return Html.Of(
            $"""
            <p class="lead">{(bad == 0 ? Parts.Pill("all well", Tone.Good) : Parts.Pill($"{bad} not well", Tone.Bad))} As last seen; each is asked every few seconds while somebody looks.</p>
            {Parts.Table(
                "Services",
                ["Part", "State", "Since", "Detail", "Last error", "When"],
                lines.Select(line => new[]
                {
                    Html.Text(Show.Word(line.Name)),
                    line.Ok ? Parts.Pill("well", Tone.Good) : Parts.Pill(line.Essential ? "down" : "not well", line.Essential ? Tone.Bad : Tone.Warning),
                    Show.Ago(line.Since, call.Now),
                    Html.Text(line.Detail),
                    Html.Text(line.LastError ?? "–"),
                    Show.Ago(line.LastErrorAt, call.Now),
                }),
                "This host reports nothing of its health.")}
            """);
    }
}
