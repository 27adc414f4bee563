using System.Globalization;

namespace Coordinator.Silo;

/// <summary>Goes through everything that was configured: what is unknown or does not fit its type becomes a complaint, the rest can be bound.</summary>
internal sealed class ConfigurationTree
{
    private readonly List<string> _complaints = [];
    private readonly Dictionary<string, string?> _good = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _bad = new(StringComparer.OrdinalIgnoreCase);

    private ConfigurationTree()
    {
    }

    /// <summary>Unknown keys and values of the wrong form, one sentence each. Values of unknown keys are never repeated: they may be secrets.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>What is in order.</summary>
    public IReadOnlyDictionary<string, string?> Good => _good;

    /// <summary>Whether a complaint of the options speaks of a key that was complained about already.</summary>
    public bool IsTold(string complaint) => _bad.Any(key => complaint.StartsWith(key + " ", StringComparison.OrdinalIgnoreCase));

    public static ConfigurationTree Of(IConfiguration configuration)
    {
        var tree = new ConfigurationTree();
        tree.Look(configuration);
        return tree;
    }

    private void Look(IConfiguration parent)
    {
        foreach (var child in parent.GetChildren())
        {
            if (ConfigurationSchema.Sections.Contains(child.Path))
            {
                if (!string.IsNullOrEmpty(child.Value))
                {
                    Complain(child.Path, "is a section; it has keys of its own and no value");
                }

                Look(child);
            }
            else if (!ConfigurationSchema.Keys.ContainsKey(child.Path))
            {
                _complaints.Add($"there is no key '{child.Path}'");
            }
            else if (ConfigurationSchema.IsList(child.Path) || ConfigurationSchema.IsMap(child.Path))
            {
                LookAtSeveral(child);
            }
            else
            {
                LookAtOne(child);
            }
        }
    }

    private void LookAtOne(IConfigurationSection leaf)
    {
        if (leaf.GetChildren().Any())
        {
            Complain(leaf.Path, "is one value; it has no keys of its own");
        }
        else if (ValueText.Complaint(ConfigurationSchema.TypeOf(leaf.Path), leaf.Value ?? string.Empty) is { } wrong)
        {
            Complain(leaf.Path, wrong);
        }
        else
        {
            _good[leaf.Path] = leaf.Value;
        }
    }

    private void LookAtSeveral(IConfigurationSection leaf)
    {
        if (!string.IsNullOrEmpty(leaf.Value))
        {
            Complain(leaf.Path, ConfigurationSchema.IsList(leaf.Path) ? "is a list; write [ \"…\" ], in the environment __0, __1" : "has numbers for keys and no value of its own");
        }

        foreach (var item in leaf.GetChildren())
        {
            if (item.GetChildren().Any() || string.IsNullOrEmpty(item.Value) || !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                Complain(leaf.Path, $"has '{item.Key}'; it must be a number whose value is one text");
            }
            else
            {
                _good[item.Path] = item.Value;
            }
        }
    }

    private void Complain(string key, string wrong)
    {
        _complaints.Add($"{key} {wrong}");
        _bad.Add(key);
    }
}
