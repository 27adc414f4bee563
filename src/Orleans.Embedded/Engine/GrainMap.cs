using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Embedded;

/// <summary>Every grain class of the application, by stored name and by interface. Built whole at the start: a reminder row names a class
/// that no call has asked for yet.</summary>
internal sealed class GrainMap
{
    private static readonly Lazy<GrainMap> Scanned = new(() => new GrainMap(Assemblies().SelectMany(TypesOf)));

    private readonly Dictionary<GrainType, GrainClass> _classes = [];
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _chosen = new();

    public GrainMap(IEnumerable<Type> types)
    {
        foreach (var type in types.Where(GrainClass.IsGrainClass))
        {
            var found = new GrainClass(type);
            if (!_classes.TryAdd(found.GrainType, found))
            {
                throw new OrleansConfigurationException(
                    $"Two grain classes share the stored name \"{found.GrainType}\": {_classes[found.GrainType].Type} and {type}. Give one a [GrainType].");
            }
        }
    }

    /// <summary>What the output folder holds, the engine's own grains included.</summary>
    public static GrainMap OfThisApplication => Scanned.Value;

    public IEnumerable<GrainType> GrainTypes => _classes.Keys.Order();

    public GrainClass? Find(GrainType grainType) => _classes.GetValueOrDefault(grainType);

    /// <summary>The class behind an interface.</summary>
    /// <exception cref="ArgumentException">None, or several and nothing to choose by.</exception>
    public GrainClass Choose(Type grainInterface, string? classNamePrefix)
        => _chosen.GetOrAdd((grainInterface, classNamePrefix), static (key, map) => map.Pick(key.Interface, key.Prefix), this);

    private GrainClass Pick(Type grainInterface, string? prefix)
    {
        var candidates = _classes.Values
            .Where(candidate => grainInterface.IsAssignableFrom(candidate.Type)
                && (prefix is null || candidate.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal)))
            .OrderBy(candidate => candidate.GrainType)
            .ToList();
        if (candidates.Count > 1 && grainInterface.GetCustomAttribute<DefaultGrainTypeAttribute>() is { } preferred)
        {
            candidates = candidates.FindAll(candidate => candidate.GrainType == GrainType.Create(preferred.Name));
        }
        if (candidates.Count > 1 && prefix is not null)
        {
            var exact = candidates.FindAll(candidate => string.Equals(candidate.Type.FullName, prefix, StringComparison.Ordinal));
            candidates = exact.Count == 1 ? exact : candidates;
        }
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {grainInterface}."),
            _ => throw new ArgumentException(
                $"Unable to identify a single appropriate grain type for interface {grainInterface}. "
                + $"Candidates: {string.Join(", ", candidates.Select(candidate => $"{candidate.GrainType} ({candidate.Type.FullName})"))}"),
        };
    }

    private static IEnumerable<Assembly> Assemblies()
    {
        var engine = typeof(GrainMap).Assembly;
        yield return engine;
        foreach (var path in Directory.EnumerateFiles(AppContext.BaseDirectory, "Coordinator.*.dll").Order(StringComparer.Ordinal))
        {
            if (TryLoad(path) is { } assembly && assembly != engine && assembly.GetReferencedAssemblies().Any(name => string.Equals(name.Name, engine.GetName().Name, StringComparison.Ordinal)))
            {
                yield return assembly;
            }
        }
    }

    /// <summary>Null for a file that is left over from another build: the application does not reference it.</summary>
    private static Assembly? TryLoad(string path)
    {
        try
        {
            return Assembly.Load(AssemblyName.GetAssemblyName(path));
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return partly.Types.OfType<Type>();
        }
    }
}
