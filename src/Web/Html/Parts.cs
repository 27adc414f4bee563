using System.Collections.Immutable;

namespace Coordinator.Web;

/// <summary>What a value's colour means; its words say it too.</summary>
internal enum Tone
{
    Plain,
    Good,
    Waiting,
    Warning,
    Bad,
}

/// <summary>Pieces that every page uses.</summary>
internal static class Parts
{
    internal static Markup Pill(string text, Tone tone) => Html.Of($"""<span class="pill {NameOf(tone)}">{text}</span>""");

    /// <summary>A number under its name.</summary>
    internal static Markup Card(string name, Markup value, Tone tone = Tone.Plain, string? hint = null) => Html.Of(
        $"""
        <div class="card {NameOf(tone)}"><dt>{name}</dt><dd>{value}</dd>{Html.If(hint is not null, () => Html.Of($"""<dd class="quiet">{hint}</dd>"""))}</div>
        """);

    internal static Markup Cards(params IEnumerable<Markup> cards) => Html.Of($"""<dl class="cards">{cards}</dl>""");

    /// <summary>A table with a name and named columns; a sentence where it has no rows.</summary>
    /// <param name="caption">Its name.</param>
    /// <param name="columns">Names; one that begins with # holds numbers.</param>
    /// <param name="rows">One array of cells for each row; the first cell names the row.</param>
    /// <param name="empty">What stands for no rows.</param>
    internal static Markup Table(string caption, string[] columns, IEnumerable<Markup[]> rows, string empty)
    {
        var lines = rows.ToImmutableArray();
        return lines.IsEmpty ? Html.Of($"""<p class="empty">{empty}</p>""") : Html.Of(
            $"""
            <div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table>
            <caption>{caption}</caption>
            <thead><tr>{columns.Select(Heading)}</tr></thead>
            <tbody>{lines.Select(cells => Row(columns, cells))}</tbody>
            </table></div>
            """);
    }

    /// <summary>Names and values.</summary>
    internal static Markup List(IEnumerable<(string Name, Markup Value)> lines)
        => Html.Of($"""<dl class="facts">{lines.Select(line => Html.Of($"""<div><dt>{line.Name}</dt><dd>{line.Value}</dd></div>"""))}</dl>""");

    internal static Markup Section(string id, string title, Markup content) => Html.Of(
        $"""
        <section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>
        {content}
        </section>
        """);

    /// <summary>Content that is asked for again every few seconds while it is looked at; without script it stays as it is. An element beside it asks: what is
    /// inside would inherit where the answer goes, and links there have whole pages for answers.</summary>
    internal static Markup Polled(string id, string path, int seconds, Markup content) => Html.Of(
        $"""
        <div data-poll hx-get="{path}" hx-trigger="every {seconds}s" hx-target="#{id}" hx-select="unset" hx-swap="innerHTML" hx-push-url="false"></div>
        <div id="{id}">
        {content}
        </div>
        """);

    internal static Markup Link(string path, string text, string? id = null)
        => id is null ? Html.Of($"""<a href="{path}">{text}</a>""") : Html.Of($"""<a id="{id}" href="{path}">{text}</a>""");

    internal static Markup Button(string path, string text) => Html.Of($"""<a class="button" href="{path}">{text}</a>""");

    private static Markup Heading(string column)
        => column.StartsWith('#') ? Html.Of($"""<th scope="col" class="num">{column[1..]}</th>""") : Html.Of($"""<th scope="col">{column}</th>""");

    private static Markup Row(string[] columns, Markup[] cells) => Html.Of(
        $"""
        <tr><th scope="row">{cells[0]}</th>{cells.Skip(1).Select((cell, index) => Cell(columns[index + 1], cell))}</tr>
        """);

    private static Markup Cell(string column, Markup cell)
        => column.StartsWith('#') ? Html.Of($"""<td class="num" data-label="{column[1..]}">{cell}</td>""") : Html.Of($"""<td data-label="{column}">{cell}</td>""");

    private static string NameOf(Tone tone) => tone switch
    {
        Tone.Plain => "plain",
        Tone.Good => "good",
        Tone.Waiting => "waiting",
        Tone.Warning => "warning",
        Tone.Bad => "bad",
    };
}
