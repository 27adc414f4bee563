using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded;

/// <summary>One grain class: its stored name, its rules, and how to make one.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInfo _constructor;
    private readonly ParameterInfo[] _parameters;
    private readonly Func<object, IInvokable, bool>? _mayInterleave;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? StoredName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        var age = type.GetCustomAttribute<CollectionAgeLimitAttribute>();
        IsKeptAlive = type.IsDefined(typeof(KeepAliveAttribute)) || age is { AlwaysActive: true };
        CollectionAge = age?.Amount;
        MaxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>() is { } worker
            ? worker.MaxLocalWorkers < 1 ? Environment.ProcessorCount : worker.MaxLocalWorkers
            : 0;
        _mayInterleave = type.GetCustomAttribute<MayInterleaveAttribute>() is { } predicate ? Predicate(type, predicate.CallbackMethodName) : null;
        var constructors = type.GetConstructors();
        _constructor = Array.Find(constructors, made => made.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.MaxBy(made => made.GetParameters().Length)
            ?? throw new OrleansConfigurationException($"Grain class {type} has no public constructor.");
        _parameters = _constructor.GetParameters();
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public bool IsKeptAlive { get; }

    public TimeSpan? CollectionAge { get; }

    /// <summary>How many activations one id may have; 0 for an ordinary grain, which has one.</summary>
    public int MaxWorkers { get; }

    public bool HasInterleavingRules => IsReentrant || _mayInterleave is not null;

    public static bool IsGrainClass(Type type)
        => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
            && typeof(IGrain).IsAssignableFrom(type) && typeof(IGrainBase).IsAssignableFrom(type);

    public bool MayInterleave(object instance, Request request)
        => IsReentrant || (_mayInterleave is not null && request.Invokable is { } call && _mayInterleave(instance, call));

    public object Create(Activation activation)
    {
        var arguments = new object?[_parameters.Length];
        for (var index = 0; index < arguments.Length; index++)
        {
            arguments[index] = Resolve(activation, _parameters[index]);
        }
        return ConstructorInvoker.Create(_constructor).Invoke(arguments.AsSpan());
    }

    private static object? Resolve(Activation activation, ParameterInfo parameter)
    {
        var services = activation.ActivationServices;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            return PersistentStates.Create(activation, parameter, state);
        }
        if (parameter.ParameterType == typeof(IGrainContext))
        {
            return activation;
        }
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            return services.GetRequiredKeyedService(parameter.ParameterType, keyed.Key);
        }
        return services.GetService(parameter.ParameterType)
            ?? (parameter.HasDefaultValue ? parameter.DefaultValue : services.GetRequiredService(parameter.ParameterType));
    }

    private static string StoredName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static Func<object, IInvokable, bool> Predicate(Type type, string name)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy;
        var method = type.GetMethod(name, Any, [typeof(IInvokable)]);
        if (method is null || method.ReturnType != typeof(bool))
        {
            throw new OrleansConfigurationException($"{type} names {name} in [MayInterleave], but has no method bool {name}(IInvokable).");
        }
        var invoker = MethodInvoker.Create(method);
        return (instance, call) => (bool)invoker.Invoke(method.IsStatic ? null : instance, call)!;
    }
}
