using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Coordinator.Silo;

/// <summary>The options types as a tree: which keys there are, of which type, and their defaults. Read from the types themselves.</summary>
internal static class ConfigurationSchema
{
    /// <summary>Every key that takes a value, by its path with colons; a map's without its number.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<PropertyInfo>> Keys { get; } =
        Leaves(typeof(SiloOptions), []).ToImmutableSortedDictionary(PathOf, way => way, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every section, by its path.</summary>
    public static ImmutableSortedSet<string> Sections { get; } = Keys.Values
        .SelectMany(way => Enumerable.Range(1, way.Length - 1).Select(length => PathOf(way[..length])))
        .ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type of a key's value.</summary>
    public static Type TypeOf(string key) => Nullable.GetUnderlyingType(Keys[key][^1].PropertyType) ?? Keys[key][^1].PropertyType;

    public static bool IsList(string key) => TypeOf(key) == typeof(IList<string>);

    public static bool IsMap(string key) => TypeOf(key) == typeof(Dictionary<string, string>);

    /// <summary>The value that these options have for a key.</summary>
    public static object? ValueOf(SiloOptions options, string key)
        => Keys[key].Aggregate((object?)options, (owner, property) => owner is null ? null : property.GetValue(owner));

    /// <summary>The default as it would be written in a file; null where there is none, or several values.</summary>
    public static string? DefaultOf(string key) => ValueOf(new SiloOptions(), key) switch
    {
        null or "" => null,
        bool value => value ? "true" : "false",
        int value => value.ToString(CultureInfo.InvariantCulture),
        TimeSpan value => value.ToString("c"),
        string value => value,
        _ => null,
    };

    private static IEnumerable<ImmutableArray<PropertyInfo>> Leaves(Type type, ImmutableArray<PropertyInfo> way)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
        {
            var here = way.Add(property);
            foreach (var leaf in IsSection(property.PropertyType) ? Leaves(property.PropertyType, here) : [here])
            {
                yield return leaf;
            }
        }
    }

    private static bool IsSection(Type type) => type.IsClass && type.Namespace?.StartsWith("Coordinator.", StringComparison.Ordinal) == true;

    private static string PathOf(ImmutableArray<PropertyInfo> way) => string.Join(':', way.Select(property => property.Name));
}
