namespace Coordinator.Web;

/// <summary>One field of a form: always with a label, and with its complaint beside it.</summary>
/// <param name="Name">Of the member that is sent.</param>
/// <param name="Label">What it is.</param>
/// <param name="Value">What stands in it.</param>
internal sealed record Field(string Name, string Label, string? Value)
{
    /// <summary>text, number, datetime-local, password.</summary>
    public string Type { get; init; } = "text";

    /// <summary>What to put in, in one sentence.</summary>
    public string? Hint { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Complaint { get; init; }

    public bool IsNeeded { get; init; }

    public int Longest { get; init; } = 300;

    public long? Least { get; init; }

    public long? Most { get; init; }

    /// <summary>What a browser may fill in by itself: <c>off</c>, or <c>current-password</c>.</summary>
    public string Fill { get; init; } = "off";

    internal Markup Render()
    {
        var isNumber = Type == "number";
        return Html.Of(
            $"""
            <div class="field">
            <label for="f-{Name}">{Label}{Html.If(!IsNeeded, () => Html.Of($""" <span class="quiet">(optional)</span>"""))}</label>
            <input id="f-{Name}" name="{Name}" type="{Type}" value="{Value}" autocomplete="{Fill}" spellcheck="false"{Flag(IsNeeded, " required")}{Html.If(!isNumber && Type != "datetime-local", () => Html.Of($""" maxlength="{Longest}" """))}{Bound(" min", Least)}{Bound(" max", Most)}{Flag(isNumber, """ inputmode="numeric" step="1" """)}{Described()}>
            {Html.If(Hint is not null, () => Html.Of($"""<p class="hint" id="h-{Name}">{Hint}</p>"""))}
            {Html.If(Complaint is not null, () => Html.Of($"""<p class="complaint" id="e-{Name}">{Complaint}</p>"""))}
            </div>
            """);
    }

    private static Markup Flag(bool isSet, string attribute) => isSet ? new Markup(attribute) : Markup.None;

    private static Markup Bound(string name, long? value) => value is { } bound ? Html.Of($"""{new Markup(name)}="{bound}" """) : Markup.None;

    private Markup Described()
    {
        string[] ids = [.. Hint is null ? [] : new[] { $"h-{Name}" }, .. Complaint is null ? [] : new[] { $"e-{Name}" }];
        return Html.Of($"""{Html.If(ids.Length > 0, () => Html.Of($""" aria-describedby="{string.Join(' ', ids)}" """))}{Flag(Complaint is not null, """ aria-invalid="true" """)}""");
    }
}

/// <summary>Forms that change something: each carries the session's token.</summary>
internal static class Forms
{
    internal const string TokenField = "csrf";

    internal static Markup Post(PageCall call, string path, string button, Markup fields, bool isDangerous = false, string? cancelTo = null) => Html.Of(
        $"""
        <form method="post" action="{path}">
        <input type="hidden" name="{TokenField}" value="{call.Session.Token}">
        {fields}
        <div class="actions"><button type="submit" class="{(isDangerous ? "danger" : "primary")}">{button}</button>{Html.If(cancelTo is not null, () => Parts.Button(cancelTo!, "Back"))}</div>
        </form>
        """);

    internal static Markup Hidden(string name, string? value) => value is null ? Markup.None : Html.Of($"""<input type="hidden" name="{name}" value="{value}">""");

    /// <summary>Who says it, and why: what is recorded with a release.</summary>
    internal static Markup Word(PageCall call) => Html.Join(
    [
        new Field("by", "Your name", call.Form("by")) { IsNeeded = true, Longest = 100, Hint = "It is recorded with the decision." }.Render(),
        new Field("note", "What you found or did", call.Form("note")) { Longest = 1_000 }.Render(),
    ]);

    /// <summary>A refusal above a form.</summary>
    internal static Markup Complaint(string code, string sentence) => Html.Of(
        $"""
        <div class="notice bad" role="alert" data-refusal="{code}"><strong>Refused.</strong> {sentence} <code>{code}</code></div>
        """);
}
