using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>The actors: how many live, how often they were called, how long it took, what failed.</summary>
internal static class GrainsPage
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/admin/grains", async call => new PageReply.Whole("Grains", Parts.Polled("grains", "/admin/pieces/grains", 5, await ContentAsync(call))));
        routes.MapPiece("/admin/pieces/grains", ContentAsync);
    }

    private static async Task<Markup> ContentAsync(PageCall call)
    {
        if (call.Services.GetService<IGrainReport>() is not { } source)
        {
            return Html.Of($"""<p class="empty">This host reports nothing of its grains.</p>""");
        }

        var report = await source.LookAsync(call.Aborted);
        return Html.Of(
            $"""
            {Parts.Cards(
                Parts.Card("Activations", Html.Of($"{report.Activations}")),
                Parts.Card("Silos", Html.Of($"{report.Silos.Count(silo => silo.Status == "Active")} of {report.Silos.Length} active")),
                Parts.Card("Reminders", Html.Of($"{report.Types.Sum(type => type.Reminders)}")),
                Parts.Card("Calls", Html.Text(Show.Grouped(report.Types.Sum(type => type.Calls))), hint: $"into this process in {Show.Length(call.Now - report.Since)}"),
                Parts.Card("Errors", Html.Text(Show.Grouped(report.Types.Sum(type => type.Errors))), report.Types.Any(type => type.Errors > 0) ? Tone.Warning : Tone.Plain))}
            {Parts.Section("types", "By type", Types(report))}
            {Parts.Section("methods", "By method", Methods(call, report))}
            {Parts.Section("silos", "Silos", Parts.Table(
                "Silos of the cluster", ["Silo", "Status"],
                report.Silos.Select(silo => new[] { Html.Of($"<code>{silo.Name}</code>"), Parts.Pill(silo.Status, silo.Status == "Active" ? Tone.Good : Tone.Warning) }), "None."))}
            """);
    }

    private static Markup Types(GrainReport report) => Parts.Table(
        "Grains by type",
        ["Type", "#Activations", "#Reminders", "#Calls", "#Errors"],
        report.Types.Select(type => new[]
        {
            Html.Text(Show.Word(type.Type)), Html.Of($"{type.Activations}"), Html.Of($"{type.Reminders}"), Html.Text(Show.Grouped(type.Calls)), Html.Text(Show.Grouped(type.Errors)),
        }),
        "None.");

    private static Markup Methods(PageCall call, GrainReport report) => Parts.Table(
        "Calls by method",
        ["Method", "#Calls", "#Mean", "#95 %", "#Longest", "#Errors", "Last error"],
        report.Types.SelectMany(type => type.Methods.Select(method => (type.Type, Method: method))).OrderByDescending(line => line.Method.Calls).Select(line => new[]
        {
            Html.Of($"""<span class="quiet">{line.Type}</span> {line.Method.Method}"""),
            Html.Text(Show.Grouped(line.Method.Calls)),
            Html.Text(Show.Duration(line.Method.Mean)),
            Html.Text(Show.Duration(line.Method.P95)),
            Html.Text(Show.Duration(line.Method.Longest)),
            Html.Text(Show.Grouped(line.Method.Errors)),
            line.Method.LastError is { } error ? Html.Of($"""<code>{error}</code> {Show.Ago(line.Method.LastErrorAt, call.Now)}""") : Html.Of($"–"),
        }),
        "Nothing was called yet.");
}
