using System.Text.RegularExpressions;

namespace Coordinator.Web.Tests.World;

/// <summary>Reads a page strictly: what is not well formed, not labelled, or not allowed by the content security policy, one line each.</summary>
internal sealed partial class PageCheck
{
    private static readonly string[] Void = ["meta", "link", "input", "br", "hr", "img", "rect", "path", "circle"];
    private static readonly string[] Bare = ["defer", "hidden", "required", "checked", "data-poll", "data-announce", "data-theme-button", "data-theme-name"];

    private readonly List<string> _complaints = [];
    private readonly List<Tag> _tags = [];

    public static IReadOnlyList<string> Complaints(string page, bool isWhole = true)
    {
        var check = new PageCheck();
        check.Read(page);
        check.CheckTags();
        check.CheckLabels(page);
        if (isWhole)
        {
            check.CheckFrame(page);
        }

        return check._complaints;
    }

    private void Read(string page)
    {
        var open = new Stack<string>();
        var text = page.Replace("<!doctype html>", string.Empty, StringComparison.Ordinal);
        foreach (Match match in Element().Matches(text))
        {
            var (closes, name) = (match.Groups["close"].Length > 0, match.Groups["name"].Value);
            if (closes)
            {
                if (open.Count == 0 || open.Pop() is var last && last != name)
                {
                    _complaints.Add($"</{name}> closes nothing, or another element");
                }

                continue;
            }

            _tags.Add(new Tag(name, Attributes(name, match.Groups["rest"].Value), match.Index));
            if (!Void.Contains(name))
            {
                open.Push(name);
            }
        }

        _complaints.AddRange(open.Select(name => $"<{name}> is not closed"));
        if (Element().Replace(text, string.Empty) is var rest && (rest.Contains('<') || rest.Contains('>')))
        {
            _complaints.Add($"a bracket that belongs to no element: {rest.Replace('\n', ' ').Trim()}");
        }
    }

    private Dictionary<string, string> Attributes(string name, string rest)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in Attribute().Matches(rest))
        {
            var (key, value) = (match.Groups["key"].Value, match.Groups["value"].Value);
            if (!found.TryAdd(key, value))
            {
                _complaints.Add($"<{name}> has {key} twice");
            }

            if (match.Groups["quoted"].Length == 0 && !Bare.Contains(key))
            {
                _complaints.Add($"<{name} {key}> has no quoted value");
            }
        }

        if (Attribute().Replace(rest, string.Empty).Trim() is { Length: > 0 } and not "/" and var left)
        {
            _complaints.Add($"<{name}> holds '{left}'");
        }

        return found;
    }

    private void CheckTags()
    {
        foreach (var tag in _tags)
        {
            _complaints.AddRange(tag.Attributes.Keys.Where(key => key.StartsWith("on", StringComparison.Ordinal) || key is "style" or "hx-on" || key.StartsWith("hx-on:", StringComparison.Ordinal))
                .Select(key => $"<{tag.Name}> has {key}: nothing inline"));
            _complaints.AddRange(tag.Attributes.Where(pair => pair.Key is "src" or "href" or "action" or "hx-get" && !pair.Value.StartsWith('/') && !pair.Value.StartsWith('#') && !IsOutside(tag))
                .Select(pair => $"<{tag.Name}> leads to '{pair.Value}'"));
            _complaints.AddRange(tag.Attributes.Where(pair => pair.Value.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)).Select(pair => $"<{tag.Name}> has {pair.Value}"));
            if (tag.Name is "style" || (tag.Name == "script" && !tag.Attributes.ContainsKey("src")))
            {
                _complaints.Add($"<{tag.Name}> stands in the page");
            }

            if (tag.Name == "th" && !tag.Attributes.ContainsKey("scope"))
            {
                _complaints.Add("<th> has no scope");
            }
        }

        _complaints.AddRange(_tags.Where(tag => tag.Attributes.ContainsKey("id")).GroupBy(tag => tag.Attributes["id"], StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"id {group.Key} stands {group.Count()} times"));
    }

    /// <summary>Only links to a block explorer lead elsewhere, and they tell it nothing.</summary>
    private static bool IsOutside(Tag tag) => tag.Name == "a" && tag.Attributes.GetValueOrDefault("rel") == "noreferrer noopener" && tag.Attributes["href"].StartsWith("https://", StringComparison.Ordinal);

    private void CheckLabels(string page)
    {
        var labels = _tags.Where(tag => tag.Name == "label").Select(tag => tag.Attributes.GetValueOrDefault("for")).ToHashSet(StringComparer.Ordinal);
        var ids = _tags.Select(tag => tag.Attributes.GetValueOrDefault("id")).ToHashSet(StringComparer.Ordinal);
        foreach (var input in _tags.Where(tag => tag.Name is "input" or "select" or "textarea" && tag.Attributes.GetValueOrDefault("type") != "hidden"))
        {
            if (input.Attributes.GetValueOrDefault("id") is not { } id || !labels.Contains(id))
            {
                _complaints.Add($"the input {input.Attributes.GetValueOrDefault("name")} has no label");
            }
        }

        foreach (var (name, value) in _tags.SelectMany(tag => tag.Attributes).Where(pair => pair.Key is "aria-describedby" or "aria-labelledby" or "for" or "data-copy"))
        {
            _complaints.AddRange(value.Split(' ').Where(id => !ids.Contains(id)).Select(id => $"{name} names {id}, which is not there"));
        }

        if (_tags.Count(tag => tag.Name == "table") != _tags.Count(tag => tag.Name == "caption"))
        {
            _complaints.Add("a table has no caption");
        }

        _complaints.AddRange(Empty().Matches(page).Select(match => $"nothing to read in {match.Value}"));
        _complaints.AddRange(Form().Matches(page).Where(match => match.Value.Contains("method=\"post\"", StringComparison.Ordinal) && !match.Value.Contains("name=\"csrf\"", StringComparison.Ordinal))
            .Select(_ => "a form that posts has no token"));
    }

    private void CheckFrame(string page)
    {
        string[] needed = ["<!doctype html>", "<html lang=\"en\">", "<title>", "name=\"viewport\"", "href=\"#content\"", "<main id=\"content\""];
        _complaints.AddRange(needed.Where(part => !page.Contains(part, StringComparison.Ordinal)).Select(part => $"{part} is missing"));
        if (_tags.Count(tag => tag.Name == "h1") != 1 || _tags.Count(tag => tag.Name == "main") != 1)
        {
            _complaints.Add("one h1 and one main are wanted");
        }
    }

    [GeneratedRegex("""<(?<close>/)?(?<name>[a-z][a-z0-9]*)(?<rest>(?:[^<>"]|"[^"]*")*)>""", RegexOptions.None, 60_000)]
    private static partial Regex Element();

    [GeneratedRegex("""(?<key>[A-Za-z][A-Za-z0-9:-]*)(?<quoted>="(?<value>[^"]*)")?""", RegexOptions.None, 60_000)]
    private static partial Regex Attribute();

    [GeneratedRegex("""<(?<what>button|a|label|caption|h1|h2|legend)\b[^>]*>\s*</\k<what>>""", RegexOptions.None, 60_000)]
    private static partial Regex Empty();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, 5_000)]
    private static partial Regex Form();

    private sealed record Tag(string Name, IReadOnlyDictionary<string, string> Attributes, int At);
}
