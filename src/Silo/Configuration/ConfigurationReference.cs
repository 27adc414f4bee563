using System.Text;

namespace Coordinator.Silo;

/// <summary>The reference of the configuration as a document: docs/configuration.md is this text.</summary>
internal static class ConfigurationReference
{
    private const string Opening = """
        # Configuration: every key

        Written by `./coordinator cli config reference >docs/configuration.md`; a test fails while this page and the service differ.

        ```
        ./coordinator cli config check config/production.json                                  # what the start would say, all at once; opens and makes nothing
        ./coordinator cli config check config/production.json --set Data:Directory=data --json
        ./coordinator cli config check my.json --files                                         # also the files that it names, on the machine that has them
        ```

        Exit code 0 and `FILE: good`, or 2 and one complaint a line. A start says the same, files included, and exits with 2.

        **Where values come from**, later ones first: the command line (`--data`), the environment (`COORDINATOR__Gateway__PublicPort=80`, of a list
        `COORDINATOR__Gateway__Origins__0`), one JSON file (`--config`), the defaults below. Unknown keys are errors, and so are empty values: leave out what shall
        have its default. `config/coordinator.json` holds every key with its default, `config/dev.json`, `config/node.json` and `config/production.json` are examples; the
        last one names hosts, paths and keys that must be replaced by yours.

        **Times** are `[days.]hours:minutes:seconds`, hours below 24: `00:00:10` is ten seconds, `1.00:00:00` a day. **Paths** are relative to the working folder.

        **Secrets** are never values: they are files, and each key of the kind *secret file* is refused at the start, by name, where its file has any right for group or
        others (`chmod 600`; a Bitcoin node writes its cookie so by itself). There is no exception for a group: a group is whoever is put into it later. In Kubernetes
        give secret volumes `defaultMode: 0400` and no `fsGroup`, which would add the group's right; where `fsGroup` is needed for the data volume, let an init
        container copy the secrets into a memory volume with mode 0400, owned by the service's user. Links count as what they lead to. Certificates are no secrets.

        Changes need a restart, unless a row says otherwise. Competitions that exist keep the terms they were created with.

        """;

    /// <summary>Markdown, lines ended by a line feed.</summary>
    public static string Text()
    {
        var text = new StringBuilder(Opening.ReplaceLineEndings("\n"));
        foreach (var section in ConfigurationKeys.All.GroupBy(SectionOf))
        {
            text.Append("\n## ").Append(section.Key).Append("\n\n| key | type | default | range | what it does, what goes wrong |\n|---|---|---|---|---|\n");
            foreach (var row in section)
            {
                text.Append($"| `{row.Key}` | {TypeOf(row)} | {DefaultOf(row)} | {row.Range} | {row.Consequence} |\n");
            }
        }

        return text.ToString();
    }

    private static string SectionOf(ConfigurationKey row)
        => row.Key.Split(':') is [var section, var inner, _] && row.Kind != KeyKind.Map ? $"{section}:{inner}"
            : row.Key.Contains(':', StringComparison.Ordinal) ? row.Key.Split(':')[0] : "The service";

    private static string DefaultOf(ConfigurationKey row)
        => row.Default ?? (ConfigurationSchema.DefaultOf(ConfigurationKeys.PathOf(row)) is { } value ? $"`{value}`" : "none");

    private static string TypeOf(ConfigurationKey row) => row.Kind switch
    {
        KeyKind.Count => $"number ({row.Unit})",
        KeyKind.Time => "time",
        KeyKind.Moment => "moment",
        KeyKind.Switch => "true or false",
        KeyKind.Choice => "word",
        KeyKind.Text => "text",
        KeyKind.Address => "address",
        KeyKind.Path => "path",
        KeyKind.SecretFile => "path of a secret file",
        KeyKind.List => "list of texts",
        _ => "texts by number",
    };
}
